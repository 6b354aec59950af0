"""Looking for a member's news from one address on: the page, its feeds, and the news pages it links to.

    url ─ fetch ─> clues ─> news pages, one hop ─> more clues ─ fetch, sample, judge ─> found, best first

What is decided stands in the stage; here pages are asked for, within a bound, and read in isolation.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from newsletter import gather as stage
from newsletter.errors import FetchFailed, OutsideError, ParseFailed
from newsletter.model.news import SourceKind
from newsletter.model.sources import Clue, FoundSource, PassedOver, Sample
from newsletter.ports import Fetched, Fetcher, Isolated, SandboxLimits

REQUESTS = 14  # that one search may make; with two seconds between them, half a minute
_PAGES = 3  # news pages that are looked at beyond the first
_LIMITS = SandboxLimits()
_ON_A_FEED_PAGE = "flöde på en sida som räknar upp webbplatsens flöden"


@dataclass(frozen=True, slots=True)
class Discovery:
    """What a search found."""

    url: str  # where it began, after redirects
    found: tuple[FoundSource, ...]  # best first
    passed: tuple[PassedOver, ...]  # what looked like news and was not taken
    asked: tuple[str, ...]  # every address that was asked, in order

    @property
    def good(self) -> tuple[FoundSource, ...]:
        """Those that may be proposed, best first; of the others a person should see the news first."""
        return tuple(one for one in self.found if one.score >= _GOOD)


_GOOD = 40  # a news page that tells no days has 45, a start page's few headings less than 40


def _silent(url: str) -> None:
    """Say nothing."""


def discovered(
    url: str,
    *,
    fetcher: Fetcher,
    isolated: Isolated,
    now: datetime,
    most: int = REQUESTS,
    on_ask: Callable[[str], None] = _silent,
) -> Discovery:
    """Look for news from this address on, with at most `most` requests; each is told of before it is made.

    Raises FetchFailed or ParseFailed where the first page itself cannot be had.
    """
    search = _Search(fetcher, isolated, now, most, on_ask)
    start = search.fetch(stage.canonical(url) or url)
    outcomes = search.outcomes(search.clues(start))
    found = sorted((one for one in outcomes if isinstance(one, FoundSource)), key=lambda one: -one.score)
    unlike, twins = _without_twins(found)
    passed = [one for one in outcomes if isinstance(one, PassedOver)]
    return Discovery(start.url, tuple(unlike), (*passed, *twins), tuple(search.asked))


def sampled(answer: Fetched, kind: SourceKind, member: str, *, isolated: Isolated, now: datetime) -> Sample:
    """What an answer says, read in isolation as this kind of source. Raises ParseFailed."""
    told = (answer.body, answer.url, kind, member, now, answer.charset)
    return isolated.run(stage.sampled, *told, limits=_LIMITS)


class _Search:
    """One search: what was asked, and what is still to ask. An address is asked once."""

    def __init__(
        self, fetcher: Fetcher, isolated: Isolated, now: datetime, most: int, on_ask: Callable[[str], None]
    ) -> None:
        self._fetcher, self._isolated, self._now = fetcher, isolated, now
        self._most, self._on_ask = most, on_ask
        self._answers: dict[str, Fetched | FetchFailed] = {}
        self.asked: list[str] = []

    def fetch(self, url: str) -> Fetched:
        """The answer. Raises FetchFailed, also where the search has asked enough."""
        if url not in self._answers:
            self._answers[url] = answer = self._asked(url)
            if isinstance(answer, Fetched):
                self._answers.setdefault(stage.canonical(answer.url), answer)
        known = self._answers[url]
        if isinstance(known, FetchFailed):
            raise known
        return known

    def _asked(self, url: str) -> Fetched | FetchFailed:
        if len(self.asked) >= self._most:
            return FetchFailed(f"{url} frågades inte.", why=f"Sökningen ställer högst {self._most} frågor.")
        self._on_ask(url)
        self.asked.append(url)
        try:
            return self._fetcher.fetch(url)
        except FetchFailed as error:
            return error

    def clues(self, answer: Fetched) -> tuple[Clue, ...]:
        """What the page hints at. Raises ParseFailed."""
        return self._isolated.run(stage.discovered, answer.body, answer.url, answer.charset, limits=_LIMITS)

    def outcomes(self, clues: Sequence[Clue]) -> list[FoundSource | PassedOver]:
        """What every clue comes to, those of the pages one hop away included; each address once."""
        seen: dict[str, FoundSource | PassedOver] = {}
        queue = deque(sorted([*self._hops(clues), *clues], key=lambda clue: -clue.worth))
        while queue:
            clue = queue.popleft()
            if clue.kind is None or clue.url in seen:
                continue
            outcome = self._outcome(clue, clue.kind)
            seen[clue.url] = outcome
            seen.setdefault(outcome.url, outcome)
            if isinstance(outcome, PassedOver):
                queue.extend(self._feeds_on(clue))
        return list(dict.fromkeys(seen.values()))

    def _hops(self, clues: Sequence[Clue]) -> Iterator[Clue]:
        """The clues of the likeliest news pages; a page that does not answer gives none."""
        pages = [clue for clue in clues if clue.kind is None]
        for page in pages[:_PAGES]:
            try:
                found = self.clues(self.fetch(page.url))
            except OutsideError as error:
                yield replace(page, kind=SourceKind.LIST, how=error.what)  # so that it is told as passed over
                continue
            for clue in found:
                is_page = clue.kind is SourceKind.LIST
                yield replace(clue, page=page.page, label=page.label) if is_page else clue

    def _outcome(self, clue: Clue, kind: SourceKind) -> FoundSource | PassedOver:
        said = stage.passed_by_name(clue)
        if said:
            return said
        try:
            answer = self.fetch(clue.url)
            sample = sampled(answer, kind, "", isolated=self._isolated, now=self._now)
        except OutsideError as error:
            why = " ".join(filter(None, (error.what, error.why)))
            return PassedOver(clue.url, why.removeprefix(f"{clue.url} "))
        return stage.judged(replace(clue, url=stage.canonical(answer.url) or clue.url), sample, self._now)

    def _feeds_on(self, clue: Clue) -> Iterator[Clue]:
        """The feeds that a page names, where it was called a feed itself: *Om RSS*."""
        answer = self._answers.get(clue.url)
        if clue.kind is not SourceKind.FEED or clue.how == _ON_A_FEED_PAGE or not isinstance(answer, Fetched):
            return
        try:
            found = self.clues(answer)
        except ParseFailed:
            return
        for one in found:
            if one.kind is SourceKind.FEED and one.url != clue.url:
                yield replace(one, how=_ON_A_FEED_PAGE)


def _without_twins(found: Sequence[FoundSource]) -> tuple[list[FoundSource], list[PassedOver]]:
    """The found ones, without those that list just what a better one of their kind does."""
    unlike: dict[tuple[object, ...], FoundSource] = {}
    twins: list[PassedOver] = []
    for one in found:
        key = (one.kind, one.listed, *(item.url for item in one.items))
        if key in unlike:
            twins.append(PassedOver(one.url, f"samma nyheter som {unlike[key].url}"))
        else:
            unlike[key] = one
    return list(unlike.values()), twins
