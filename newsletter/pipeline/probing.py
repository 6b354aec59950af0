"""Asking for every address that a letter leads to: politely, side by side, within bounds.

A link is dead only where its site says so. Whatever else goes wrong (no network, a silent site, one that lets
no program in) is unknown, and is told as unknown.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from urllib.parse import urlsplit

from newsletter import check as stage
from newsletter.errors import FetchFailed
from newsletter.model.finding import Probe, Reach
from newsletter.model.letter import Letter, Picture
from newsletter.ports import Fetcher

_AT_ONCE = 8  # hosts; the fetcher gives each of them a pause between two calls
_MOST = 200  # addresses of one issue
_SECONDS = 180.0  # for them all
_GONE = frozenset({404, 410})


def probed(letters: Sequence[Letter], fetcher: Fetcher, *, reachable: Collection[str]) -> Mapping[str, Probe]:
    """What asking for each link and each hosted picture gave; mail and telephone are not asked for.

    `reachable` are origins on reserved domains that may be asked all the same: a trial's.
    """
    pictures = {picture.url: picture for letter in letters for picture in letter.hosted}
    wanted = list(dict.fromkeys([*pictures, *_links(letters)]))
    asked: list[str] = []
    known: dict[str, Probe] = {}
    for url in wanted:
        if why := _not_asked(url, reachable, len(asked)):
            known[url] = Probe(Reach.UNKNOWN, why)
        else:
            asked.append(url)
    return {**known, **_answers(_in_turn(asked), pictures, fetcher)}


def nothing_answered(found: Mapping[str, Probe]) -> bool:
    """Whether not a single address could be reached, so that it is the network that is missing."""
    return bool(found) and all(probe.reach is Reach.UNKNOWN for probe in found.values())


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


def _answers(urls: Sequence[str], pictures: Mapping[str, Picture], fetcher: Fetcher) -> Mapping[str, Probe]:
    threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="probe")
    try:
        asked: dict[str, Future[Probe]] = {
            url: threads.submit(_asked, url, pictures.get(url), fetcher) for url in urls
        }
        wait(asked.values(), timeout=_SECONDS)
        late = Probe(Reach.UNKNOWN, f"Svaret kom inte inom {_SECONDS:g} sekunder.")
        return {url: answer.result() if answer.done() else late for url, answer in asked.items()}
    finally:
        threads.shutdown(wait=False, cancel_futures=True)


def _asked(url: str, picture: Picture | None, fetcher: Fetcher) -> Probe:
    try:
        answer = fetcher.fetch(url.partition("#")[0])
    except FetchFailed as error:
        reach = Reach.DEAD if error.status in _GONE else Reach.UNKNOWN
        return Probe(reach, " ".join(filter(None, (error.what, error.why))))
    if picture and answer.body != picture.data:
        return Probe(Reach.DEAD, "Där ligger något annat än bilden i numrets mapp.")
    if picture is None and _bare(answer.url) != _bare(url):
        return Probe(Reach.MOVED, onward=answer.url)
    return Probe(Reach.FINE)


def _bare(url: str) -> str:
    """The address without what makes no difference to a reader: fragment, last slash, http or https."""
    return url.partition("#")[0].partition("://")[2].rstrip("/").casefold()
