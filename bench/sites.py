"""26 invented members with 20 new pages each, of the demo's shapes and of the size that real pages have.

    python bench/sites.py        serves them on a free port, as of today, until stdin ends; says which port

The stories are made of a few sentences; the menus and scripts that make a page heavy are made up too.
"""

from __future__ import annotations

import json
import re
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from newsletter.demo.sites.shapes import SITES, Page, Site  # noqa: E402
from newsletter.demo.sites.stories import Story  # noqa: E402

MEMBERS = 26
PAGES = 20
_SHAPES = tuple(site for site in SITES if site.member != "avesta")  # that one answers 503
_PLACES = ("Norrby", "Hammaren", "Kvarnudden", "Stationsgatan", "Bruket", "Sjöhagen", "Ekbacken", "Torget")
_THINGS = ("förskola", "cykelväg", "vattenledning", "idrottshall", "reningsverk", "bibliotek", "bussterminal")
_VERBS = ("byggs ut", "invigs", "stängs för arbete", "får stöd", "flyttar", "öppnar igen", "utreds")
_SENTENCES = (
    "Kommunstyrelsen fattade beslutet vid sitt möte i tisdags, och arbetet börjar så snart marken tillåter.",
    "Den som berörs får ett brev hem i brevlådan med mer information om tider och framkomlighet.",
    "Kostnaden beräknas till 14 miljoner kronor, av vilka en tredjedel betalas med statliga medel.",
    "– Vi har väntat länge på det här, och nu ser vi fram emot att komma i gång, säger projektledaren.",
    "Under tiden hänvisas besökare till den tillfälliga ingången på baksidan av huset.",
    "Handlingarna finns att läsa på kommunens webbplats och i receptionen i stadshuset.",
)


def members(day: date) -> Mapping[str, tuple[Site, tuple[Story, ...]]]:
    """Each member's id with its site and its stories, newest first."""
    return {site.member: (site, _stories(number, day)) for number, site in enumerate(_sites())}


def _sites() -> Iterator[Site]:
    for number in range(MEMBERS):
        yield replace(
            _SHAPES[number % len(_SHAPES)], member=f"m{number:02}", name=f"{_PLACES[number % 8]}s kommun"
        )


def _stories(member: int, day: date) -> tuple[Story, ...]:
    return tuple(_story(member, number, day - timedelta(days=2 * number)) for number in range(PAGES))


def _story(member: int, number: int, day: date) -> Story:
    pick = member * 31 + number * 17
    thing, place, verb = _THINGS[pick % 7], _PLACES[pick % 8], _VERBS[number % 7]
    title = f"{place}: {thing} nummer {member * PAGES + number + 1} {verb}"
    lead = f"I {place} är det klart att {thing} {verb}. "
    lead += "Här är vad som händer, när, och vem som berörs."
    body = " ".join(_SENTENCES[(pick + step) % 6] for step in range(24))
    return Story(title, lead, body, day)


@lru_cache(maxsize=1)
def _menu() -> str:
    links = (
        f'<li class="menu-item level-2"><a class="menu-link" href="/tjanster/{thing}-{number}.html">'
        f"{thing.capitalize()} i {place}</a></li>"
        for number, (thing, place) in enumerate((thing, place) for thing in _THINGS for place in _PLACES)
    )
    return f'<ul class="menu">{"".join(links)}</ul>'


@lru_cache(maxsize=1)
def _scripts() -> str:
    state = {
        f"portlet-{number}": {"id": number, "texts": list(_SENTENCES), "open": False} for number in range(41)
    }
    return f"<script>window.__state = {json.dumps(state, ensure_ascii=False)};</script>"


def heavy(html: str) -> str:
    """The page with the menus, paragraphs and scripts that real pages carry: about 37 kB in all."""
    html = html.replace("</nav>", f"{_menu()}</nav>", 1)
    html = re.sub(r"(?<=\.) (?=– Vi|Handlingarna|Kostnaden)", "</p><p>", html)
    return html.replace("</body>", f"{_scripts()}</body>", 1)


def bare(feed: str) -> str:
    """The feed without its leads, so that each item's own page has to be read."""
    return re.sub(r"<(description|content:encoded|summary)\b.*?</\1>", "", feed, flags=re.S)


def served(site: Site, stories: tuple[Story, ...]) -> Mapping[str, Page]:
    """Path → page of one member's site."""
    listing = site.listing(site, stories)
    if b"<rss" in listing.body or b"<feed" in listing.body:
        listing = replace(listing, body=bare(listing.body.decode()).encode())
    articles = {
        site.address(story): Page(heavy(site.article(site.name, story)).encode()) for story in stories
    }
    return {site.listed_at: listing, **articles}


def serve(day: date) -> None:
    """Serve all members' sites by the host that is asked for, until stdin ends; say on stdout where."""
    pages = {
        site.origin.removeprefix("https://"): served(site, stories) for site, stories in members(day).values()
    }
    tags = {id(page): f'"{hash(page.body):x}"' for site in pages.values() for page in site.values()}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = pages.get(self.headers.get("Host", ""), {}).get(self.path)
            tag = tags.get(id(page), "")
            if page is None or self.headers.get("If-None-Match") == tag:
                self._answer(404 if page is None else 304, b"", "", tag)
            else:
                self._answer(200, page.body, page.content_type, tag)

        def _answer(self, status: int, body: bytes, kind: str, tag: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("ETag", tag)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 64

    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    serve(date.today())
