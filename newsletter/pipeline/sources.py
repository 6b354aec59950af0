"""``sources``: where members' news are found: look, try, list, and write down."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from newsletter import gather as stage
from newsletter.errors import InputError, OutsideError, UsageError
from newsletter.model.news import Source, SourceKind, SourceState
from newsletter.model.people import Member
from newsletter.model.sources import Clue, FoundSource, PassedOver
from newsletter.model.toml import nearest
from newsletter.pipeline import issues
from newsletter.pipeline.discovering import Discovery, discovered, sampled
from newsletter.pipeline.gather import SOURCES, known_sources
from newsletter.ports import Clock, Fetcher, Isolated, News, Workspace

_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Listed:
    """Every stored source with what the last round left behind, and the members that have none."""

    sources: tuple[tuple[Source, SourceState | None], ...]
    without: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Tried:
    """A stored source, and what came of asking it."""

    source: Source
    outcome: FoundSource | PassedOver


@dataclass(frozen=True, slots=True)
class Written:
    """What was written into sources.toml."""

    source: Source
    replaced: str  # the address that stood there before; "" where the source was added
    path: str


def listed(*, workspace: Workspace, news: News | None) -> Listed:
    """What sources.toml holds; `news` is None where nothing was ever gathered. Raises Problems."""
    sources = known_sources(workspace)
    there = {source.member for source in sources}
    members = issues.members(workspace).values()
    return Listed(
        tuple((source, news.source(source.url) if news else None) for source in sources),
        tuple(member for member in members if member.id not in there),
    )


def discover(
    url: str, *, fetcher: Fetcher, isolated: Isolated, clock: Clock, on_ask: Callable[[str], None]
) -> Discovery:
    """What an address and its news pages have. Raises UsageError where it is none."""
    address = url if "://" in url else f"https://{url}"
    if not urlsplit(address).hostname or not address.startswith(("http://", "https://")):
        why = "En webbadress börjar med http:// eller https://."
        raise UsageError(
            f"”{url}” är ingen webbadress.", why=why, do="Skriv till exempel https://www.sater.se/."
        )
    return discovered(address, fetcher=fetcher, isolated=isolated, now=clock.now(), on_ask=on_ask)


def tried(
    member: str, *, workspace: Workspace, fetcher: Fetcher, isolated: Isolated, clock: Clock
) -> Sequence[Tried]:
    """Ask each of the member's stored sources; nothing is remembered. Raises UsageError where it has none."""
    own = _own(known_sources(workspace), member)
    if not own:
        _known(workspace, member)
        do = "Leta efter en med `newsletter sources discover ADRESS`."
        raise UsageError("Medlemmen har ingen källa.", why=f"”{member}” står inte i {SOURCES}.", do=do)
    return [Tried(source, _tried(source, fetcher, isolated, clock)) for source in own]


def _tried(source: Source, fetcher: Fetcher, isolated: Isolated, clock: Clock) -> FoundSource | PassedOver:
    now = clock.now()
    try:
        answer = fetcher.fetch(source.url)
        sample = sampled(answer, source.kind, source.member, isolated=isolated, now=now)
    except OutsideError as error:
        return PassedOver(source.url, " ".join(filter(None, (error.what, error.why))))
    clue = Clue(source.url, source.kind, source.page or source.url, how=_STORED[source.kind])
    return stage.judged(clue, sample, now)


_STORED = {
    SourceKind.FEED: "flöde som står i källfilen",
    SourceKind.LIST: "sida som står i källfilen",
    SourceKind.POSTS: "lista med inlägg (wp-json) som står i källfilen",
}


# --- writing ------------------------------------------------------------------------------------------


def plan_write(member: str, *, workspace: Workspace, replaces: str = "", add: bool = False) -> str:
    """The address of the stored source that a new one takes the place of; "" where it is to be added.

    Known before anybody is asked, so that a search is not made in vain. Raises UsageError.
    """
    _known(workspace, member)
    own = [source.url for source in _own(known_sources(workspace), member)]
    if add:
        return ""
    if replaces:
        return _named(replaces, own)
    if len(own) > 1:
        why = f"Den har {len(own)} källor: {', '.join(own)}."
        do = "Säg vilken som ska bytas med --replace ADRESS, eller lägg till en med --add."
        raise UsageError("Det är oklart vilken källa som ska bytas.", why=why, do=do)
    return own[0] if own else ""


def write(member: str, found: FoundSource, *, workspace: Workspace, replaces: str) -> Written:
    """Put the found source into sources.toml, whose other characters all stay as they are.

    It is marked as verified: the program has just read news from it, and a person chose it.
    """
    same = [one.url for one in known_sources(workspace) if one.url == found.url]
    page = found.page if found.page != found.url else ""
    source = Source(member, found.url, found.kind, verified=True, page=page)
    others = [one for one in known_sources(workspace) if one.url == found.url and one.member != member]
    if others:
        why = f"{found.url} står redan som källa för ”{others[0].member}”."
        raise InputError("Två medlemmar kan inte ha samma källa.", why=why, do=f"Rätta {SOURCES}.")
    replaced = same[0] if same else replaces
    data = workspace.read(SOURCES)
    text = stage.written(
        issues.text(workspace, SOURCES), SOURCES, source, list(issues.members(workspace)), replaces=replaced
    )
    workspace.write({SOURCES: (_BOM if data.startswith(_BOM) else b"") + text.encode()})
    return Written(source, replaced, SOURCES)


def _named(url: str, own: list[str]) -> str:
    """The stored address that is meant; a command line may have had to spell it with more %."""
    meant = [one for one in own if unquote(one) == unquote(url)]
    if not meant:
        do = nearest(url, own) or "Utelämna --replace."
        raise UsageError(f"{url} är ingen av medlemmens källor.", do=do)
    return meant[0]


def _own(sources: Sequence[Source], member: str) -> list[Source]:
    return [source for source in sources if source.member == member]


def _known(workspace: Workspace, member: str) -> None:
    known = list(issues.members(workspace))
    if member not in known:
        why = "Medlemmarnas id står i subscribers/members.csv."
        raise UsageError(f"Okänd medlem ”{member}”.", why=why, do=nearest(member, known))
