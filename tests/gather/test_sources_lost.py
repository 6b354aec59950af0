"""Lost sources: the next round looks where they came from and proposes; it changes nothing itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from newsletter import config
from newsletter.cli import cli
from newsletter.cli.boundary import run
from newsletter.demo.sites import markup, serve
from newsletter.demo.sites.shapes import DEMO_DAY
from newsletter.demo.sites.stories import stories
from newsletter.edges.workspace import Folder
from newsletter.errors import FetchFailed
from newsletter.model.news import SourceKind
from newsletter.pipeline.gather import Outcome, SourceResult, gather
from newsletter.pipeline.sources import plan_write
from newsletter.testing.fetch import InProcess, MemoryWeb
from newsletter.testing.store import MemoryNews
from tests.gather.conftest import StillClock

LayOut = Callable[[Mapping[str, str]], Path]
HOST = "https://www.hofors.example"
OLD, NEW = f"{HOST}/4.1/12.1.portlet?state=rss", f"{HOST}/4.2/12.2.portlet?state=rss"
PAGE = f"{HOST}/nyheter"
SOURCE = f'[[source]]\nmember = "hofors"\nurl = "{OLD}"\nkind = "feed"\nverified = true\npage = "{PAGE}"\n'
FEED = markup.portlet_feed(f"{HOST}/nyheter", stories(DEMO_DAY)["hofors"]).encode()
REBUILT = f'<h1>Nyheter</h1><a href="{NEW}">RSS</a>'.encode()


class Refused(FetchFailed):
    """An answer that is no page."""

    def __init__(self, status: int) -> None:
        super().__init__(f"Svarade {status}.")
        self.status = status


class Office:
    """A workspace whose one source is gone, and the rounds that are made."""

    def __init__(self, root: Path, gone: bytes | FetchFailed, source: str = SOURCE) -> None:
        self.root = root
        self.sources = root / "subscribers/sources.toml"
        self.sources.write_text(source, encoding="utf-8")
        self.news = MemoryNews()
        self.web = MemoryWeb({OLD: gone, NEW: FEED, PAGE: REBUILT, f"{HOST}/": REBUILT})

    def round(self) -> SourceResult:
        self.web.asked.clear()
        (result,) = gather(
            workspace=Folder(self.root),
            fetcher=self.web,
            isolated=InProcess(),
            news=self.news,
            clock=StillClock(),
            settings=config.load(self.root),
        ).results
        return result


GONE: list[bytes | FetchFailed] = [
    Refused(404),
    Refused(410),
    Refused(503),
    b"<html><body><p>Sidan har flyttat.</p></body></html>",
    b'<rss version="2.0"><channel><title>Nyheter</title></channel></rss>',
]


@pytest.mark.parametrize("gone", GONE, ids=["404", "410", "503", "page", "empty"])
def test_lost_source_is_looked_for_by_the_next_round(laid_out: LayOut, gone: bytes | FetchFailed) -> None:
    """The first failure is only told; the second looks at the page the source came from, and proposes."""
    office = Office(laid_out({}), gone)
    before = office.sources.read_bytes()
    first, asked = office.round(), list(office.web.asked)
    second = office.round()
    assert (first.outcome, first.instead, asked) == (Outcome.FAILED, None, [OLD])
    assert second.instead is not None
    assert (second.instead.url, second.instead.kind, second.instead.page) == (NEW, SourceKind.FEED, PAGE)
    assert second.command == f'newsletter sources discover "{PAGE}" --write hofors --replace "{OLD}"'
    assert office.sources.read_bytes() == before


def test_source_without_a_page_is_looked_for_on_the_start_page(laid_out: LayOut) -> None:
    """Where the file does not say where a source was found, the site's start page is looked at."""
    office = Office(laid_out({}), Refused(404), SOURCE.rsplit("page", 1)[0])
    office.round()
    second = office.round()
    assert second.instead is not None
    assert f"{HOST}/" in office.web.asked
    assert f'"{HOST}/"' in second.command


def test_proposed_command_is_harmless_and_works(laid_out: LayOut) -> None:
    """What a site put into its address does nothing in a shell, and still names the stored source."""
    hostile = f"{HOST}/rss?a=$(reboot)&b=!!"
    root = laid_out({})
    office = Office(root, Refused(404), SOURCE.replace(OLD, hostile))
    office.web.pages = {hostile: Refused(404), NEW: FEED, PAGE: REBUILT}
    office.round()
    command = office.round().command
    assert not set("$!`") & set(command)
    replaced = command.split("--replace ")[1].strip('"')
    assert plan_write("hofors", workspace=Folder(root), replaces=replaced) == hostile


@pytest.mark.parametrize("silent", [FetchFailed("Gick inte att nå."), Refused(429)], ids=["silence", "429"])
def test_silence_is_not_looked_into(laid_out: LayOut, silent: FetchFailed) -> None:
    """A site that does not answer at all, or asks us to slow down, is not asked for more."""
    office = Office(laid_out({}), silent)
    office.round()
    assert office.round().instead is None
    assert office.web.asked == [OLD]


def test_nothing_is_proposed_where_nothing_is_found(laid_out: LayOut) -> None:
    """A page that fails too, or has the lost source alone, leads to no proposal."""
    office = Office(laid_out({}), Refused(404))
    for page in (Refused(404), f'<a href="{OLD}">RSS</a>'.encode()):
        office.web.pages = {OLD: Refused(404), PAGE: page}
        office.round()
        assert office.round().instead is None


def test_mended_source_is_not_looked_for(laid_out: LayOut) -> None:
    """A source that answers again is read as before, and the next failure is the first."""
    office = Office(laid_out({}), Refused(503))
    office.round()
    office.web.pages = {OLD: FEED}
    assert office.round().outcome is Outcome.NEW
    office.web.pages = {OLD: Refused(503), PAGE: REBUILT, NEW: FEED}
    assert office.round().instead is None


def test_posts_are_gathered(laid_out: LayOut) -> None:
    """A source of kind wp-json is read, and its items need no pages of their own."""
    from newsletter.demo.sites import starts

    posts = starts.posts("https://www.sater.example", stories(DEMO_DAY)["sater"]).encode()
    office = Office(laid_out({}), posts, SOURCE.replace('"feed"', '"wp-json"'))
    result = office.round()
    assert (result.outcome, result.new) == (Outcome.NEW, len(stories(DEMO_DAY)["sater"]))
    assert office.web.asked == [OLD]


def test_proposal_stands_in_the_closing_lines(laid_out: LayOut, capfd: pytest.CaptureFixture[str]) -> None:
    """The command line ends with what was found instead and the command that writes it, which works."""
    with serve() as sites:
        root = laid_out(sites.origins)
        lost = SOURCE.replace(f'page = "{PAGE}"\n', "") + "# kvar\n"
        (root / "subscribers/sources.toml").write_text(lost, encoding="utf-8")
        workspace = ["--workspace", str(root)]
        run(cli, [*workspace, "gather"])
        capfd.readouterr()
        run(cli, [*workspace, "gather", "--json"])
        told = capfd.readouterr()
        answer = json.loads(told.out)["sources"][0]
        assert answer["instead"].endswith("state=rss&sv.contenttype=text/xml;charset=UTF-8")
        assert answer["command"] in told.err
        command = [part.strip('"') for part in answer["command"].split()[1:]]
        assert run(cli, [*workspace, *command]) == 0
    after = (root / "subscribers/sources.toml").read_text(encoding="utf-8")
    assert answer["instead"] in after
    assert OLD not in after
    assert after.endswith("# kvar\n")
