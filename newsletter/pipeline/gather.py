"""``gather``: ask each member's source, read what is new, remember it.

Hosts are asked side by side; each source is remembered by itself as soon as it is read, so that the work
may be stopped at any moment and done again: what is known is not fetched twice.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum
from threading import Event
from urllib.parse import urlsplit

from newsletter import gather as stage
from newsletter.errors import FetchFailed, OutsideError, ParseFailed, UsageError
from newsletter.model.news import NewsItem, Source, SourceKind, SourceState
from newsletter.model.settings import Settings
from newsletter.model.sources import FoundSource
from newsletter.model.toml import nearest
from newsletter.pipeline import issues
from newsletter.pipeline.discovering import discovered
from newsletter.ports import Clock, Fetched, Fetcher, Isolated, News, SandboxLimits, Workspace

SOURCES = "subscribers/sources.toml"
_ARTICLES = 20  # pages read for one source in one go; the rest come with the next
_HOSTS = 16  # asked side by side; nearly all of the time is pauses
_LOOKS = 8  # requests for finding a lost source again
_LIMITS = SandboxLimits()


class Outcome(Enum):
    """How it went with one source."""

    NEW = "new"  # it had news that were not known
    UNCHANGED = "unchanged"  # it answered, and all it lists is known
    FAILED = "failed"  # it did not answer, or could not be read, or listed nothing: an alarm


@dataclass(frozen=True, slots=True)
class SourceResult:
    """What one source gave."""

    source: Source
    outcome: Outcome
    new: int = 0  # items that were not known
    listed: int = 0  # items that the source lists
    pictured: int = 0  # new items with a picture
    why: str = ""  # FAILED: what happened
    do: str = ""  # FAILED: what to do about it
    reached: bool = False  # FAILED: the site answered, so the network is there
    notes: tuple[str, ...] = ()  # what was less than whole, and did not stop it
    instead: FoundSource | None = None  # FAILED twice in a row: what was found where the source came from

    @property
    def command(self) -> str:
        """What writes the found source down, to be run by a person; "" where nothing was found."""
        if self.instead is None:
            return ""
        page, lost = _quoted(self.instead.page), _quoted(self.source.url)
        return f"newsletter sources discover {page} --write {self.source.member} --replace {lost}"


def _quoted(url: str) -> str:
    """An address as one word of a command line, in which no shell finds anything to do."""
    return f'"{url.replace("$", "%24").replace("!", "%21")}"'


@dataclass(frozen=True, slots=True)
class Gathered:
    """The whole round, in the order of the sources."""

    results: tuple[SourceResult, ...]

    @property
    def new(self) -> int:
        """Items that were not known before."""
        return sum(result.new for result in self.results)

    def count(self, outcome: Outcome) -> int:
        """How many sources went so."""
        return sum(1 for result in self.results if result.outcome is outcome)


def _silent(result: SourceResult) -> None:
    """Say nothing."""


def gather(
    *,
    workspace: Workspace,
    fetcher: Fetcher,
    isolated: Isolated,
    news: News,
    clock: Clock,
    settings: Settings,
    only: Collection[str] = (),
    on_progress: Callable[[SourceResult], None] = _silent,
) -> Gathered:
    """Ask the sources (those of the members `only`, where any is named); tell of each as it is done.

    A source that fails is told and does not stop the others. Raises Problems for mistakes in sources.toml,
    UsageError for a member without a source.
    """
    sources = _chosen(known_sources(workspace), only)
    reader = _Reader(fetcher, isolated, clock.now(), settings.gather.max_age_days, _known(news))
    results: dict[str, SourceResult] = {}
    for visit in _visits(reader, sources, news):
        _remember(news, visit, reader.now)
        results[visit.result.source.url] = visit.result
        on_progress(visit.result)
    return Gathered(tuple(results[source.url] for source in sources))


def known_sources(workspace: Workspace) -> tuple[Source, ...]:
    """What subscribers/sources.toml says. Raises Problems with file:line."""
    return stage.sources(issues.text(workspace, SOURCES), SOURCES, list(issues.members(workspace)))


def _chosen(sources: Sequence[Source], only: Collection[str]) -> Sequence[Source]:
    with_source = sorted({source.member for source in sources})
    for member in only:
        if member not in with_source:
            why = f"Ingen källa i {SOURCES} hör till ”{member}”."
            raise UsageError("Medlemmen kan inte hämtas.", why=why, do=nearest(member, with_source))
    return [source for source in sources if not only or source.member in only]


def _known(news: News) -> frozenset[str]:
    return frozenset(item.url for item in news.items())


# --- one source ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Visit:
    """What a visit to a source gave: to be told, and to be remembered."""

    result: SourceResult
    state: SourceState
    items: tuple[NewsItem, ...] = ()


@dataclass(frozen=True, slots=True)
class _Reader:
    """Visits sources; touches no database, so that many threads may share it."""

    fetcher: Fetcher
    isolated: Isolated
    now: datetime
    max_age_days: int
    known: frozenset[str]
    stop: Event = field(default_factory=Event)

    def visit(self, source: Source, before: SourceState | None) -> _Visit:
        """Ask the source and read what is new; a failure is a result too."""
        try:
            answer = self.fetcher.fetch(source.url, before)
            if answer.status == 304:
                return self._unchanged(source, before, answer)
            return self._read(source, before, answer)
        except OutsideError as error:
            why = " ".join(filter(None, (error.what, error.why)))
            return self._failed(source, before, why, error.do, is_lost=_is_lost(error))

    def _unchanged(self, source: Source, before: SourceState | None, answer: Fetched) -> _Visit:
        state = replace(before or SourceState(source.url), fetched_at=self.now, failure="")
        return _Visit(SourceResult(source, Outcome.UNCHANGED, listed=state.items), state)

    def _failed(
        self, source: Source, before: SourceState | None, why: str, do: str, *, is_lost: bool
    ) -> _Visit:
        """A failure; one that was there the last time too is looked into where the source came from."""
        items = before.items if before else 0
        state = SourceState(source.url, fetched_at=self.now, items=items, failure=why)
        again = is_lost and before is not None and bool(before.failure)
        instead = self._found_instead(source) if again else None
        failed = SourceResult(source, Outcome.FAILED, why=why, do=do, reached=is_lost, instead=instead)
        return _Visit(failed, state)

    def _found_instead(self, source: Source) -> FoundSource | None:
        """Another source on the page that this one was found on; None where there is none to propose."""
        page = source.page or _start_of(source.url)
        try:
            discovery = discovered(
                page,
                fetcher=self.fetcher,
                isolated=self.isolated,
                now=self.now,
                most=_LOOKS,
                on_ask=self._go_on,
            )
        except OutsideError:
            return None
        found = [one for one in discovery.good if (one.url, one.kind) != (source.url, source.kind)]
        return replace(found[0], page=page) if found else None

    def _go_on(self, url: str) -> None:
        if self.stop.is_set():
            raise FetchFailed(f"{url} frågades inte.", why="Hämtningen avbröts.")

    def _read(self, source: Source, before: SourceState | None, answer: Fetched) -> _Visit:
        parse = stage.READERS[source.kind]
        listed = self.isolated.run(
            parse, answer.body, answer.url, source.member, self.now, answer.charset, limits=_LIMITS
        )
        if not listed:
            why = f"{source.url} svarade, men ingen nyhet hittades där."
            before = replace(before, items=0) if before else None
            return self._failed(source, before, why, _empty(source), is_lost=True)
        fresh = [item for item in listed if item.url not in self.known]
        wanted = [item for item in fresh if self._needs_page(item, source.kind, answer.url)]
        later = {item.url for item in wanted[_ARTICLES:]}
        items, notes = self._with_pages([item for item in fresh if item.url not in later], wanted[:_ARTICLES])
        notes += [f"{len(later)} nyheter till läses nästa gång"] if later else []
        outcome = Outcome.NEW if items else Outcome.UNCHANGED
        pictured = sum(1 for item in items if item.image)
        result = SourceResult(source, outcome, len(items), len(listed), pictured, notes=tuple(notes))
        # What waits for the next time must not be hidden by a 304.
        etag, modified = ("", "") if later else (answer.etag, answer.last_modified)
        state = SourceState(source.url, etag, modified, self.now, len(listed))
        return _Visit(result, state, tuple(items))

    def _needs_page(self, item: NewsItem, kind: SourceKind, listed_at: str) -> bool:
        """Whether the item's own page is worth a call: it is recent, ours to read, and may say more."""
        oldest = (self.now - timedelta(days=self.max_age_days)).date()
        recent = item.published is None or item.published >= oldest
        whole = kind is not SourceKind.LIST and bool(item.lead) and item.published is not None
        return recent and not whole and _site(item.url) == _site(listed_at)

    def _with_pages(
        self, fresh: Sequence[NewsItem], wanted: Sequence[NewsItem]
    ) -> tuple[list[NewsItem], list[str]]:
        """The items, the wanted ones with what their own pages say; and what could not be read."""
        read = {item.url: self._page(item) for item in wanted if not self.stop.is_set()}
        unread = [why for why in read.values() if isinstance(why, OutsideError)]
        notes = (
            [f"{len(unread)} av {len(read)} sidor gick inte att läsa ({unread[0].what})"] if unread else []
        )
        pages = {url: page for url, page in read.items() if isinstance(page, NewsItem)}
        return [stage.merged(item, pages[item.url]) if item.url in pages else item for item in fresh], notes

    def _page(self, item: NewsItem) -> NewsItem | OutsideError:
        try:
            answer = self.fetcher.fetch(item.url)
            return self.isolated.run(
                stage.article, answer.body, answer.url, item.member, self.now, answer.charset, limits=_LIMITS
            )
        except OutsideError as error:
            return error


def _empty(source: Source) -> str:
    look = f"newsletter sources discover {source.page or _start_of(source.url)}"
    return f"Sidan kan ha byggts om. Leta upp nyheterna med `{look}`, eller ändra adressen i {SOURCES}."


def _is_lost(error: OutsideError) -> bool:
    """Whether the source may be gone: it answered, but with no page, or with something else than news.

    Silence is no such sign: then the network is down, or the site, and its pages would be silent too.
    """
    if isinstance(error, FetchFailed):
        return error.status >= 400 and error.status != 429
    return isinstance(error, ParseFailed)


def _start_of(url: str) -> str:
    """The start page of an address's site."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/"


def _site(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


# --- side by side -------------------------------------------------------------------------------------


def _visits(reader: _Reader, sources: Sequence[Source], news: News) -> Iterator[_Visit]:
    """Each visit as soon as it is done. When the caller stops, no new page is asked for."""
    states = {source.url: news.source(source.url) for source in sources}
    with ThreadPoolExecutor(_HOSTS, thread_name_prefix="gather") as threads:
        try:
            visits = [threads.submit(reader.visit, source, states[source.url]) for source in sources]
            for done in as_completed(visits):
                yield done.result()
        finally:
            reader.stop.set()
            threads.shutdown(wait=False, cancel_futures=True)


def _remember(news: News, visit: _Visit, at: datetime) -> None:
    """Items first: if the work stops between the two, the source is only asked once more than needed."""
    if visit.items:
        news.remember(visit.items, at)
    news.note(visit.state)
