"""Links: where they lead, what they promise, and the way out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from newsletter.check.finding import error, warning
from newsletter.model.finding import Finding, Probe, Probes, Reach
from newsletter.model.issue import Issue
from newsletter.model.letter import Letter, LetterLink, Mark, Picture
from newsletter.model.settings import Settings
from newsletter.model.where import Where

_SCHEMES = {"https", "http", "mailto", "tel"}
_GENERIC = {
    "här",
    "klicka här",
    "läs mer",
    "läs mer här",
    "läs vidare",
    "mer",
    "mer information",
    "länk",
    "tryck här",
    "läs hela",
    "se mer",
    "mer info",
    "läs här",
    "till sidan",
    "webbplats",
    "hemsida",
    "denna länk",
    "den här länken",
    "learn more",
    "this link",
    "click here",
    "here",
    "read more",
    "more",
    "link",
}


def findings(letter: Letter, issue: Issue, settings: Settings, probes: Probes) -> Iterator[Finding]:
    """What is wrong with the links, the way out and the sender."""
    for link in (_placed(link, settings) for link in letter.links):
        yield from _address(letter, link, probes)
        yield from _words(letter, link)
    yield from _ambiguous(letter, letter.links)
    for picture in letter.hosted:
        yield from _hosted(letter, picture, probes.links.get(picture.url))
    yield from _way_out(letter, settings)
    yield from _sender(letter, issue, settings)


def _placed(link: LetterLink, settings: Settings) -> LetterLink:
    """The link with a place: those of the frame come from the settings or from a template."""
    if link.where:
        return link
    own = settings.association
    stated = link.href in (own.website, f"mailto:{own.contact}")
    return replace(link, where=Where("newsletter.toml" if stated else "templates/letter.mjml.j2"))


def _address(letter: Letter, link: LetterLink, probes: Probes) -> Iterator[Finding]:
    if link.href == Mark.UNSUBSCRIBE.token:
        return
    parts = urlsplit(link.href)
    if parts.scheme not in _SCHEMES or (parts.scheme in ("http", "https") and not parts.hostname):
        yield error(
            "link-broken",
            f"Länken ”{link.text}” leder ingenstans: {link.href}",
            link.where,
            why="Bara adresser med https:, mailto: och tel: fungerar i ett brev.",
            do="Skriv hela adressen, med https:// först.",
            edition=letter.edition,
        )
    elif parts.scheme == "http":
        yield warning(
            "link-unsafe",
            f"Länken ”{link.text}” går till http: {link.href}",
            link.where,
            why="Anslutningen är inte krypterad, och många webbläsare varnar.",
            do="Byt till https:// om sidan finns där.",
            edition=letter.edition,
        )
    yield from _probed(letter, link, probes.links.get(link.href))


def _probed(letter: Letter, link: LetterLink, probe: Probe | None) -> Iterator[Finding]:
    """What asking for the address gave; nothing where nobody asked."""
    match probe:
        case Probe(Reach.DEAD, words):
            yield error(
                "link-dead",
                f"Sidan bakom länken ”{link.text}” finns inte: {link.href}",
                link.where,
                why=words,
                do="Öppna sidan och rätta adressen.",
                edition=letter.edition,
            )
        case Probe(Reach.MOVED, _, onward):
            yield warning(
                "link-moved",
                f"Länken ”{link.text}” skickas vidare till {onward}",
                link.where,
                why="En omväg kan sluta fungera, och läsaren ser en annan adress än där den hamnar.",
                do=f"Skriv {onward} om det är dit den ska.",
                edition=letter.edition,
            )
        case Probe(Reach.UNKNOWN, words):
            yield warning(
                "link-unknown",
                f"Det är oklart om länken ”{link.text}” fungerar: {link.href}",
                link.where,
                why=words,
                do="Öppna den i webbläsaren; fungerar den där är det bra.",
                edition=letter.edition,
            )


def _hosted(letter: Letter, picture: Picture, probe: Probe | None) -> Iterator[Finding]:
    """A picture that readers fetch when they open the letter must lie there, and be this one."""
    if probe is None or probe.reach is Reach.FINE:
        return
    unknown = probe.reach is Reach.UNKNOWN
    say = warning if unknown else error
    yield say(
        "picture-unknown" if unknown else "picture-not-hosted",
        f"Det är oklart om bilden ligger på {picture.url}"
        if unknown
        else f"Bilden ligger inte på {picture.url}",
        Where(picture.path),
        why=f"{probe.words or probe.onward} Läsaren ser annars en tom ruta.",
        do="Lägg upp bilderna från build-mappen på webbplatsen, och granska igen med --probe.",
        edition=letter.edition,
    )


def _words(letter: Letter, link: LetterLink) -> Iterator[Finding]:
    said = link.text.casefold().strip(" .…!»›→>")
    if not said:
        yield error(
            "link-silent",
            f"En länk har ingen text: {link.href}",
            link.where,
            why="Den som lyssnar på brevet hör bara ”länk”.",
            do="Skriv vad länken leder till.",
            edition=letter.edition,
        )
    elif said in _GENERIC:
        yield warning(
            "link-generic",
            f"Länken heter bara ”{link.text}”.",
            link.where,
            why="Den som går från länk till länk får inte veta vart den leder (WCAG 2.4.4).",
            do="Skriv vad man får: ”Anmäl dig till industridagen”.",
            edition=letter.edition,
        )


def _ambiguous(letter: Letter, links: Sequence[LetterLink]) -> Iterator[Finding]:
    """The same words leading to different places. Member news may share a member's name among sources."""
    targets: dict[str, dict[str, LetterLink]] = defaultdict(dict)
    for link in links:
        targets[link.text.casefold()].setdefault(link.href, link)
    for found in targets.values():
        if len(found) > 1 and _is_written(found.values()):
            second = list(found.values())[1]
            yield warning(
                "link-ambiguous",
                f"”{second.text}” leder till {len(found)} olika adresser.",
                second.where,
                why="Samma ord bör leda till samma ställe.",
                do="Säg i varje länk vad just den leder till.",
                edition=letter.edition,
            )


def _is_written(links: Iterable[LetterLink]) -> bool:
    return any(link.where and link.where.file.endswith("issue.md") for link in links)


def _way_out(letter: Letter, settings: Settings) -> Iterator[Finding]:
    token = Mark.UNSUBSCRIBE.token
    lacking = [
        name
        for name, there in (
            ("HTML-delen", any(link.href == token for link in letter.links)),
            ("textdelen", token in letter.text),
            ("brevhuvudet", token in letter.headers.get("List-Unsubscribe", "")),
        )
        if not there
    ]
    if lacking:
        yield error(
            "no-way-out",
            f"Vägen ut saknas i {' och '.join(lacking)}.",
            Where("templates/letter.mjml.j2"),
            why="Alla ska kunna lämna listan; Gmail och Microsoft kräver det också.",
            do='Lägg in <a href="{{ marks.unsubscribe }}"> i mallens fot.',
            edition=letter.edition,
        )
    if "@" not in settings.unsubscribe_mailbox:
        yield error(
            "no-mailbox",
            "Det finns ingen brevlåda att avsluta till.",
            Where("newsletter.toml"),
            why="Utan den leder vägen ut ingenstans.",
            do="Skriv mailbox under [unsubscribe] i newsletter.toml.",
            edition=letter.edition,
        )


def _sender(letter: Letter, issue: Issue, settings: Settings) -> Iterator[Finding]:
    if settings.senders.get(issue.sender) != letter.sender:
        yield error(
            "unknown-sender",
            f"Avsändaren {issue.sender} finns inte i inställningarna.",
            Where(issue.where.file, issue.lines.get("sender", 0)),
            why="Brev utan känd avsändare går inte att svara på.",
            do=f"Välj en av {', '.join(sorted(settings.senders)) or 'dem som du lägger in'} under [senders].",
            edition=letter.edition,
        )
