"""Asking for every address that a letter leads to: politely, side by side, within bounds.

A link is dead only where its site says so. Whatever else goes wrong (no network, a silent site, one that lets
no program in) is unknown, and is told as unknown.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from urllib.parse import urlsplit

from newsletter import check as stage
from newsletter.errors import FetchFailed
from newsletter.model.finding import Probe, Reach
from newsletter.model.letter import Letter, Picture
from newsletter.ports import Fetched, Fetcher

_AT_ONCE = 8  # hosts; the fetcher gives each of them a pause between two calls
_MOST = 200  # addresses of one issue
_SECONDS = 180.0  # for them all
_GONE = frozenset({404, 410})


@dataclass(frozen=True, slots=True)
class Probed:
    """What asking gave, by address."""

    found: Mapping[str, Probe]
    is_offline: bool  # addresses were asked for, and not a single site said anything at all


def probed(letters: Sequence[Letter], fetcher: Fetcher, *, reachable: Collection[str]) -> Probed:
    """What asking for each link and each hosted picture gave; mail and telephone are not asked for.

    `reachable` are origins on reserved domains that may be asked all the same: a trial's.
    """
    pictures = {picture.url: picture for letter in letters for picture in letter.hosted}
    asked: list[str] = []
    left: dict[str, Probe] = {}
    for url in dict.fromkeys([*pictures, *_links(letters)]):
        if why := _not_asked(url, reachable, len(asked)):
            left[url] = Probe(Reach.UNKNOWN, why)
        else:
            asked.append(url)
    answers = _answers(_in_turn(asked), pictures, fetcher)
    heard = any(answer.heard for answer in answers.values())
    found = {url: answer.probe for url, answer in answers.items()}
    return Probed({**left, **found}, is_offline=bool(asked) and not heard)


@dataclass(frozen=True, slots=True)
class _Answer:
    probe: Probe
    heard: bool  # whether some site said something


def _links(letters: Iterable[Letter]) -> list[str]:
    return [
        link.href
        for letter in letters
        for link in letter.links
        if link.href.startswith(("https://", "http://")) and "{{" not in link.href
    ]


def _not_asked(url: str, reachable: Collection[str], so_far: int) -> str:
    """Why an address is left alone; "" where it is asked for."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return "Adressen går inte att läsa."
    if stage.is_reserved(host) and f"{parts.scheme}://{parts.netloc}" not in reachable:
        return f"Domänen {host} är reserverad för exempel, så den frågades inte."
    return f"Brevet har fler än {_MOST} adresser; resten frågades inte." if so_far >= _MOST else ""


def _in_turn(urls: Sequence[str]) -> Sequence[str]:
    """The addresses so that neighbours are of different hosts, where that goes."""
    by_host: dict[str, list[str]] = {}
    for url in urls:
        by_host.setdefault(urlsplit(url).netloc, []).append(url)
    places = {url: (place, url) for of_host in by_host.values() for place, url in enumerate(of_host)}
    return sorted(urls, key=lambda url: places[url])


def _answers(urls: Sequence[str], pictures: Mapping[str, Picture], fetcher: Fetcher) -> Mapping[str, _Answer]:
    threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="probe")
    try:
        asked = {url: threads.submit(_asked, url, pictures.get(url), fetcher) for url in urls}
        wait(asked.values(), timeout=_SECONDS)
        late = _Answer(Probe(Reach.UNKNOWN, f"Svaret kom inte inom {_SECONDS:g} sekunder."), heard=False)
        return {url: answer.result() if answer.done() else late for url, answer in asked.items()}
    finally:
        threads.shutdown(wait=False, cancel_futures=True)


def _asked(url: str, picture: Picture | None, fetcher: Fetcher) -> _Answer:
    try:
        answer = fetcher.fetch(url.partition("#")[0])
    except FetchFailed as error:
        reach = Reach.DEAD if error.status in _GONE else Reach.UNKNOWN
        words = " ".join(filter(None, (error.what, error.why)))
        return _Answer(Probe(reach, words), heard=error.status > 0)
    return _Answer(_judged(url, picture, answer), heard=True)


def _judged(url: str, picture: Picture | None, answer: Fetched) -> Probe:
    if picture and answer.body != picture.data:
        return Probe(Reach.DEAD, "Där ligger något annat än bilden i numrets mapp.")
    if picture is None and _bare(answer.url) != _bare(url):
        return Probe(Reach.MOVED, onward=answer.url)
    return Probe(Reach.FINE)


def _bare(url: str) -> str:
    """The address without what makes no difference to a reader: fragment, last slash, http or https."""
    return url.partition("#")[0].partition("://")[2].rstrip("/").casefold()
