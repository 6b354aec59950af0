"""What a clue gave when it was asked: whether it is the member's news, and how sure that is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from newsletter.gather.addresses import site
from newsletter.gather.cleaning import cleaned, decoded
from newsletter.gather.days import local_day
from newsletter.gather.discovery_words import is_narrow, item_subject, other_subject, says_news, words_of
from newsletter.gather.feeds import feed
from newsletter.gather.lists import listing
from newsletter.gather.posts import posts
from newsletter.model.news import NewsItem, SourceKind
from newsletter.model.sources import Clue, FoundSource, PassedOver, Sample

_SHOWN = 5  # the newest items that a found source shows
_MOSTLY = 0.6  # of the items; what more than that are, the source is
_FRESH, _STALE = 90, 400  # days since the newest item
_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.S | re.I)
_FIRST_ITEM = re.compile(r"<(?:item|entry)\b", re.I)
_KIND_POINTS = {SourceKind.FEED: 20, SourceKind.POSTS: 16, SourceKind.LIST: 8}

Voice = tuple[int, str]  # points, and what they are for, in Swedish ("" where nobody need know)


class Reader(Protocol):
    """A reader of one kind of source."""

    def __call__(
        self, data: bytes, base_url: str, member: str, now: datetime, charset: str = ""
    ) -> list[NewsItem]:
        """The news in the bytes. Raises ParseFailed."""
        ...


READERS: Mapping[SourceKind, Reader] = {
    SourceKind.FEED: feed,
    SourceKind.LIST: listing,
    SourceKind.POSTS: posts,
}


def sampled(data: bytes, url: str, kind: SourceKind, member: str, now: datetime, charset: str = "") -> Sample:
    """What the bytes say, read as this kind of source. Raises ParseFailed where they are no such thing."""
    items = READERS[kind](data, url, member, now, charset)
    return Sample(_name(data, charset) if kind is not SourceKind.POSTS else "", tuple(items))


def _name(data: bytes, charset: str) -> str:
    """The title of the feed or the page, and never that of an item."""
    text = decoded(data[:8_000], charset)
    title = _TITLE.search(_FIRST_ITEM.split(text, maxsplit=1)[0])
    return cleaned(re.sub(r"<!\[CDATA\[(.*?)\]\]>", r"\1", title[1], flags=re.S))[:120] if title else ""


def passed_by_name(clue: Clue) -> PassedOver | None:
    """Why a clue need not even be asked: it says itself that it is something else than news."""
    if clue.kind is SourceKind.LIST:
        return None
    subject = other_subject(f"{clue.label} {words_of(clue.url)}")
    return PassedOver(clue.url, f"det är {subject}, inte nyheter") if subject else None


def judged(clue: Clue, sample: Sample, now: datetime) -> FoundSource | PassedOver:
    """How sure it is that this is the member's news, and why; or why it is not."""
    if clue.kind is None:
        raise ValueError("a page to look at next is no source")
    if not sample.items:
        return PassedOver(clue.url, "det är tomt: ingen nyhet står där")
    subject = other_subject(f"{clue.label} {sample.name}") or _what_items_are(sample.items)
    if subject:
        return PassedOver(clue.url, f"det är {subject}, inte nyheter")
    voices = list(_voices(clue, clue.kind, sample, now))
    return FoundSource(
        url=clue.url,
        kind=clue.kind,
        page=clue.page,
        score=min(max(sum(points for points, _ in voices), 0), 100),
        reasons=tuple(reason for _, reason in voices if reason),
        items=newest(sample.items),
        listed=len(sample.items),
    )


def newest(items: Sequence[NewsItem]) -> tuple[NewsItem, ...]:
    """The five newest items; those without a day come last, in the source's order."""
    by_day = sorted(items, key=lambda item: item.published or date.min, reverse=True)
    return tuple(by_day[:_SHOWN])


def _what_items_are(items: Sequence[NewsItem]) -> str:
    """What most of the items are, where that is something else than news."""
    subjects = Counter(filter(None, (item_subject(item.title, item.url) for item in items)))
    subject, count = subjects.most_common(1)[0] if subjects else ("", 0)
    return subject if count > 1 and count >= _MOSTLY * len(items) else ""


# --- the voices ---------------------------------------------------------------------------------------


def _voices(clue: Clue, kind: SourceKind, sample: Sample, now: datetime) -> Iterator[Voice]:
    yield _KIND_POINTS[kind], clue.how
    yield _by_name(clue, kind, sample)
    yield _by_site(clue)
    yield _by_count(sample.items)
    yield from _by_days(sample.items, local_day(now))
    leads = sum(1 for item in sample.items if item.lead)
    yield (5, "") if leads * 2 >= len(sample.items) else (0, "de flesta saknar ingress")


def _by_name(clue: Clue, kind: SourceKind, sample: Sample) -> Voice:
    """What it calls itself counts most: *Nyheter* is news, *Miljö* a part of them."""
    called = f"{clue.label} {words_of(clue.url)}"
    if says_news(called):
        return 25, "kallas nyheter"
    if kind is SourceKind.LIST:
        return (22, "kallas nyheter") if says_news(sample.name) else (6, "kallas inte nyheter")
    if says_news(sample.name):
        return 25, f"kallar sig ”{sample.name}”"
    narrow = is_narrow(f"{clue.label} {sample.name}", clue.url)
    if says_news(words_of(clue.page)) and not narrow:
        return 20, "står på en sida med nyheter"
    return (4, "verkar vara om ett enda ämne") if narrow else (15, "är webbplatsens eget")


def _by_site(clue: Clue) -> Voice:
    own = site(clue.url), site(clue.page)
    same = own[0] == own[1] or own[0].endswith(f".{own[1]}") or own[1].endswith(f".{own[0]}")
    return (0, "") if same else (-10, f"ligger på en annan webbplats, {own[0]}")


def _by_count(items: Sequence[NewsItem]) -> Voice:
    count = len(items)
    if count == 1:
        return 3, "räknar upp en enda nyhet"
    return (10 if count >= 3 else 6), f"räknar upp {count} nyheter"


def _by_days(items: Sequence[NewsItem], today: date) -> Iterator[Voice]:
    days = [item.published for item in items if item.published]
    if not days:
        yield 0, "ingen av dem har datum där"
        return
    share = len(days) / len(items)
    yield (15 if share >= 0.8 else 7), ("alla har datum" if share == 1 else f"{len(days)} har datum")
    age = (today - max(days)).days
    if age > _STALE:
        yield -25, f"den nyaste är från {max(days)}"
    else:
        yield (15 if age <= _FRESH else 5), f"den nyaste är från {max(days)}"
