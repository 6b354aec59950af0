"""Addresses and names that nobody answers to: misspelt domains, examples left behind, empty segments."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import unquote, urlsplit

from newsletter.check.finding import error, warning
from newsletter.check.prose import Said
from newsletter.check.reference import Reference
from newsletter.model.finding import Finding
from newsletter.model.issue import Block, Issue
from newsletter.model.letter import Letter, LetterLink
from newsletter.model.settings import Settings
from newsletter.model.where import Where

# RFC 2606 and RFC 6761 keep these for examples and trials; nothing ever arrives there.
_RESERVED_TOP = {"example", "test", "invalid", "localhost"}
_RESERVED = {"example.org", "example.com", "example.net"}
_COMMON = (
    "gmail.com",
    "outlook.com",
    "hotmail.com",
    "hotmail.se",
    "live.se",
    "icloud.com",
    "telia.com",
    "yahoo.com",
)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_SHORT, _LONG = 8, 14  # characters: Hagfors is not Hofors, and Mora not Nora


def findings(
    letter: Letter,
    issue: Issue,
    shown: Sequence[Block],
    told: Sequence[Said],
    settings: Settings,
    reference: Reference,
) -> Iterator[Finding]:
    """What leads to nobody."""
    own = {domain(address) for address in (settings.association.website, settings.association.contact)}
    for address, where in _addresses(letter, told):
        yield from _reserved(letter, address, where, own)
        yield from _misspelt(letter, address, where, reference)
    yield from _segments(letter, issue, shown, reference)


def domain(address: str) -> str:
    """The domain of a mail address or of a link; "" where there is none."""
    if "://" in address:
        try:
            return (urlsplit(address).hostname or "").removeprefix("www.")
        except ValueError:
            return ""
    return address.rpartition("@")[2].casefold() if "@" in address else ""


def is_reserved(host: str) -> bool:
    """Whether the domain is kept for examples, so that nobody is there."""
    labels = host.casefold().rstrip(".").split(".")
    return labels[-1] in _RESERVED_TOP or ".".join(labels[-2:]) in _RESERVED


def _addresses(letter: Letter, told: Sequence[Said]) -> Iterator[tuple[str, Where | None]]:
    """Every address that somebody wrote, once, with its place; marks that are filled in later are none."""
    found: dict[str, Where | None] = {}
    for link in letter.links:
        if link.where and (address := _of_link(link)):
            found.setdefault(address, link.where)
    for text, where in told:
        for address in _MAIL.findall(text):
            found.setdefault(address.casefold(), where)
    yield from found.items()


def _of_link(link: LetterLink) -> str:
    if link.href.startswith("mailto:"):
        return unquote(link.href.removeprefix("mailto:").partition("?")[0]).casefold()
    return link.href if link.href.startswith(("https://", "http://")) else ""


def _reserved(letter: Letter, address: str, where: Where | None, own: set[str]) -> Iterator[Finding]:
    """An example that was never replaced. A workspace whose own domain is one is told so by doctor."""
    host = domain(address)
    if not host or not is_reserved(host) or any(is_reserved(each) for each in own if each):
        return
    yield error(
        "address-reserved",
        f"{address} finns bara som exempel.",
        where,
        why=f"Domänen {host} är reserverad för exempel, så dit kommer varken brev eller läsare.",
        do="Skriv den riktiga adressen.",
        edition=letter.edition,
    )


def _misspelt(letter: Letter, address: str, where: Where | None, reference: Reference) -> Iterator[Finding]:
    """A domain or a mail address that is nearly one of those that are known."""
    known = {*reference.addresses, *_COMMON}
    host = domain(address)
    if not reference.addresses or not host or address in known:
        return
    written = host if host not in known else address if "@" in address else ""
    meant = sorted(
        each for each in known if written and ("@" in each) == ("@" in written) and _near(written, each)
    )
    if meant:
        yield warning(
            "address-misspelt",
            f"{address} liknar {meant[0]}, men är inte samma.",
            where,
            why="En felstavad adress leder ingenstans, eller till någon annan.",
            do=f"Menade du {meant[0]}? Annars: säg i brevet varför den ska stå kvar.",
            edition=letter.edition,
        )


def _near(one: str, other: str) -> bool:
    """Whether few letters differ: none in short words, two in long ones."""
    shortest = min(len(one), len(other))
    farthest = 0 if shortest < _SHORT else 1 if shortest < _LONG else 2
    if one == other or abs(len(one) - len(other)) > farthest:
        return False
    return _distance(one, other) <= farthest


def _distance(one: str, other: str) -> int:
    """Letters to add, take away, change or (neighbours) swap."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        older, before, row = before, row, [i]
        for j, b in enumerate(other, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if older and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
    return row[-1]


def _segments(
    letter: Letter, issue: Issue, shown: Sequence[Block], reference: Reference
) -> Iterator[Finding]:
    """Audiences, and segments that blocks are for, in which there is nobody though there are lists."""
    if not any(reference.readers.values()):
        return
    at_audiences = Where(issue.where.file, issue.lines.get("audiences", 0))
    named = dict.fromkeys(issue.audiences, at_audiences)
    for block in issue.blocks:
        for segment in block.segments:
            named.setdefault(segment, block.where)
    for segment, where in named.items():
        if reference.readers.get(segment) == 0:
            yield warning(
                "segment-empty",
                f"Ingen på listorna hör till {segment}.",
                where,
                why="Det som är skrivet för dem når då ingen.",
                do="Se vilka som hör dit med `newsletter people segments`, eller ta bort segmentet.",
                edition=letter.edition,
            )
