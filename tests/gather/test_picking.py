"""Picks with their pictures, pages that are pasted in, and picks that are taken out again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from newsletter import config, gather
from newsletter.demo.sites.shapes import DEMO_DAY, SITES, Site
from newsletter.edges.sandbox import Processes
from newsletter.edges.workspace import Folder
from newsletter.errors import FetchFailed, InputError, ParseFailed, Problems, UsageError
from newsletter.model.news import NewsItem, PickPicture, Provenance
from newsletter.pipeline import issues
from newsletter.pipeline.pick import Choice, Picking, Ports, pick
from newsletter.ports import SandboxLimits
from newsletter.testing.fetch import InProcess, MemoryWeb
from newsletter.testing.store import MemoryNews
from tests.gather.conftest import StillClock

FOLDER = "content/issues/2026-2"
NEWS_TOML = f"{FOLDER}/news.toml"
PAGE = "https://www.hofors.example/nyheter/ny-jarnvag"
IMAGE = "https://www.hofors.example/bilder/rals.jpg"


def jpeg(size: tuple[int, int] = (1200, 800)) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, (40, 90, 140)).save(out, "JPEG")
    return out.getvalue()


def article(alt: str | None = "Räls i motljus", title: str = "Ny järnväg till stålverket") -> bytes:
    shown = f'<img src="/bilder/rals.jpg" alt="{alt}">' if alt is not None else ""
    told = "<p class='ingress'>Den nya järnvägen öppnar till hösten och går ända fram till stålverket.</p>"
    head = f"<title>{title}</title><meta name='DC.Date.Published' content='2026-11-10'>"
    return f"<html><head>{head}</head><body><main><h1>{title}</h1>{told}{shown}</main></body></html>".encode()


class Desk:
    """An editor's workspace, with a web of a few pages and one item that was gathered."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = Folder(root)
        self.news = MemoryNews()
        self.web = MemoryWeb({PAGE: article(), IMAGE: jpeg()})

    def gathered(self, **values: Any) -> None:
        lead = "Den nya järnvägen öppnar."
        item = {"title": "Ny järnväg till stålverket", "lead": lead, "published": DEMO_DAY, **values}
        self.news.remember([NewsItem(**{"member": "hofors", "url": PAGE, **item})], StillClock().now())

    def pick(self, **wishes: Any) -> Picking:
        ports = Ports(
            workspace=self.folder,
            news=self.news,
            fetcher=lambda: self.web,
            isolated=InProcess,
            clock=StillClock(),
            settings=config.load(self.root),
        )
        return pick("2026-2", Choice(**wishes), ports)

    def write(self, text: str) -> None:
        (self.root / NEWS_TOML).write_text(text, encoding="utf-8")

    @property
    def text(self) -> str:
        return (self.root / NEWS_TOML).read_text(encoding="utf-8")

    @property
    def pictures(self) -> list[str]:
        return list(self.folder.names(f"{FOLDER}/pictures"))


@pytest.fixture(scope="module")
def processes() -> Iterator[Processes]:
    with Processes(1) as children:
        yield children


@pytest.fixture
def desk(laid_out: Callable[[Mapping[str, str]], Path]) -> Desk:
    return Desk(laid_out({}))


# --- pictures -----------------------------------------------------------------------------------------


def test_picture_comes_with_its_words_and_its_source(desk: Desk) -> None:
    """A pick has its picture beside the text, named after it, with alt text and address in news.toml."""
    desk.gathered(image=IMAGE, image_alt="Räls i {{motljus}}")
    (taken,) = desk.pick(take=(1,)).picks
    path = "pictures/news-ny-jarnvag-till-stalverket.jpg"
    assert taken.picture == PickPicture(path, "Räls i {motljus}", IMAGE, 15)
    assert desk.pictures == [f"{FOLDER}/{path}"]
    assert desk.web.asked == [IMAGE]
    assert issues.load(desk.folder, "2026-2").pictures.keys() == {f"{FOLDER}/{path}"}


@pytest.mark.parametrize(
    "known", [{}, {"image": IMAGE}, {"body": "Hela texten.", "provenance": Provenance.FEED}]
)
def test_page_is_asked_for_what_the_list_did_not_tell(desk: Desk, known: dict[str, Any]) -> None:
    """Where the picture or its words are not known, the item's own page is read for them."""
    desk.gathered(**known)
    (taken,) = desk.pick(take=(1,)).picks
    assert taken.picture is not None
    assert (taken.picture.alt, taken.picture.source) == ("Räls i motljus", IMAGE)
    assert desk.web.asked == [PAGE, IMAGE]


def test_page_that_was_read_is_not_asked_again(desk: Desk) -> None:
    """An item whose page was read, and had no picture, costs no call."""
    desk.gathered(body="Hela texten.")
    assert desk.pick(take=(1,)).picks[0].picture is None
    assert desk.web.asked == []


@pytest.mark.parametrize(
    "broken", [FetchFailed("Svarade 404."), b"<svg/>", jpeg((20, 20))], ids=["gone", "svg", "icon"]
)
def test_pictures_that_fail_stop_nothing(desk: Desk, broken: bytes | FetchFailed) -> None:
    """The pick stands without its picture, and a note says why."""
    desk.gathered(image=IMAGE, image_alt="Räls")
    desk.web.pages = {IMAGE: broken}
    picking = desk.pick(take=(1,))
    assert (len(picking.picks), picking.picks[0].picture, desk.pictures) == (1, None, [])
    assert picking.notes[0].startswith("Bilden till ”Ny järnväg till stålverket” kom inte med. ")


def test_page_that_fails_stops_nothing(desk: Desk) -> None:
    """Where the page has gone since, the pick is what the list said."""
    desk.gathered()
    desk.web.pages = {}
    assert desk.pick(take=(1,)).picks[0].picture is None


def test_picture_without_words_is_kept_and_told_of(desk: Desk) -> None:
    """A picture that its page does not describe is stored with an empty alt text, and a note asks for one."""
    desk.web.pages = {PAGE: article(alt=""), IMAGE: jpeg()}
    desk.gathered()
    picking = desk.pick(take=(1,))
    assert 'picture_alt = ""' in desk.text
    assert "picture_alt" in picking.notes[0]


def test_pictures_can_be_left_out(desk: Desk) -> None:
    """Without pictures nobody is asked for anything."""
    desk.gathered(image=IMAGE)
    assert desk.pick(take=(1,), pictures=False).picks[0].picture is None
    assert desk.web.asked == []


def test_looking_asks_nobody(desk: Desk) -> None:
    """The list of candidates is made of what is known."""
    desk.gathered(image=IMAGE)
    assert desk.pick().candidates[0].candidate.item.image == IMAGE
    assert desk.web.asked == []


# --- pasting in ---------------------------------------------------------------------------------------


def test_page_is_pasted_in_whole(desk: Desk) -> None:
    """A page that no source lists becomes an item: words, day, picture, topic, and the site's member."""
    picking = desk.pick(add=f"{PAGE}?utm_source=brev")
    (added,) = picking.added
    assert (added.member, added.title, added.url) == ("hofors", "Ny järnväg till stålverket", PAGE)
    assert (str(added.published), added.topic) == ("2026-11-10", "infrastruktur")
    assert added.lead == added.source_lead != ""
    assert added.picture is not None
    assert picking.picks == picking.added


def test_pasted_page_may_belong_to_anybody(desk: Desk) -> None:
    """A page elsewhere has the member that is named, or none; the issue loads either way."""
    elsewhere = "https://nyheter.example/ny-gruva"
    desk.web.pages = {elsewhere: article(None, "Ny gruva")}
    assert desk.pick(add=elsewhere, member="falun").added[0].member == "falun"
    desk.write("")
    assert desk.pick(add=elsewhere).added[0].member == ""
    assert issues.load(desk.folder, "2026-2").picks[0].title == "Ny gruva"


def test_sites_are_known_by_what_was_gathered_there(desk: Desk) -> None:
    """A page beside news that a member is known for is that member's; a site that two share is nobody's."""
    shared = "https://gemensamt.example/"
    desk.web.pages = {f"{shared}sida": article(None)}
    desk.gathered(member="falun", url=f"{shared}ett")
    assert desk.pick(add=f"{shared}sida").added[0].member == "falun"
    desk.write("")
    desk.gathered(member="hofors", url=f"{shared}annat")
    assert desk.pick(add=f"{shared}sida").added[0].member == ""


@pytest.mark.parametrize("site", SITES, ids=lambda site: site.member)
def test_pages_are_read_in_the_sandbox(site: Site, processes: Processes) -> None:
    """A page of every shape is read in a child process just as it is here, whatever its reader loads."""
    path, page = next((path, page) for path, page in site.pages(DEMO_DAY).items() if b"<h1" in page.body)
    told = (site.origin + path, site.member, StillClock().now(), "utf-8")
    limits = SandboxLimits(wall_seconds=60.0)
    assert processes.run(gather.article, page.body, *told, limits=limits) == gather.article(page.body, *told)


def test_page_is_pasted_in_once(desk: Desk) -> None:
    """What is there already is not added again, and that is told."""
    desk.pick(add=PAGE)
    before = desk.text
    again = desk.pick(add=PAGE)
    assert (again.added, again.notes, desk.text) == ((), (f"Sidan finns redan i {NEWS_TOML}.",), before)


@pytest.mark.parametrize(
    ("page", "kind"),
    [(FetchFailed("Svarade 403."), FetchFailed), (b"", ParseFailed), (b"<p>Utan rubrik</p>", ParseFailed)],
    ids=["refused", "empty", "untitled"],
)
def test_page_that_cannot_be_had_comes_back_as_text(
    desk: Desk, page: bytes | FetchFailed, kind: type[Exception]
) -> None:
    """The error holds the exact text to paste, which is right as it stands; nothing was written."""
    desk.web.pages = {PAGE: page}
    with pytest.raises(kind) as raised:
        desk.pick(add=PAGE)
    told = raised.value.do  # type: ignore[attr-defined]
    assert NEWS_TOML in told
    assert not (desk.root / NEWS_TOML).exists()
    desk.write(told.partition("\n\n")[2])
    (by_hand,) = issues.picks(desk.folder, "2026-2")
    assert (by_hand.member, by_hand.url, by_hand.title) == ("hofors", PAGE, "Skriv rubriken här")


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://a.example/x", "nyheter", "https://", " "])
def test_what_is_no_address_is_refused(desk: Desk, url: str) -> None:
    """Only http(s) addresses are pasted in."""
    with pytest.raises(UsageError):
        desk.pick(add=url)
    assert desk.web.asked == []


def test_unknown_member_is_told_with_the_nearest(desk: Desk) -> None:
    """A member that nobody is, is refused before anything is fetched."""
    with pytest.raises(UsageError) as raised:
        desk.pick(add=PAGE, member="hofos")
    assert "hofors" in raised.value.do
    assert desk.web.asked == []


# --- by hand, and taking out --------------------------------------------------------------------------

BY_HAND = """# Mina anteckningar
[[item]]
title = "Egen nyhet"   # skriven för hand
lead = "Utan länk."

# den här är viktig
[[item]]
title = "Annan nyhet"
url = "https://www.falun.example/annan"

# slutord
"""


def test_items_by_hand_need_only_a_title(desk: Desk) -> None:
    """An item of one's own stands as it is written, and stays so when more is taken."""
    desk.write(BY_HAND)
    desk.gathered()
    picking = desk.pick(take=(1,))
    assert [one.title for one in picking.picks][:2] == ["Egen nyhet", "Annan nyhet"]
    assert desk.text.startswith(BY_HAND)
    assert issues.load(desk.folder, "2026-2").picks[0].url == ""


def test_notes_without_picks_are_kept(desk: Desk) -> None:
    """A news.toml that holds nothing but a note keeps it."""
    desk.write("# Fråga Säter om bild\n")
    desk.gathered()
    desk.pick(take=(1,))
    assert desk.text.startswith("# Fråga Säter om bild\n")


def test_dropping_takes_out_no_more_than_the_pick(desk: Desk) -> None:
    """A pick is cut out by its id; comments before and after it belong to the others and stay."""
    desk.write(BY_HAND)
    picking = desk.pick(drop=("egen-nyhet",))
    assert [one.id for one in picking.dropped] == ["egen-nyhet"]
    assert [one.id for one in picking.picks] == ["annan-nyhet"]
    start, end = BY_HAND.index("[[item]]"), BY_HAND.index("# den här")
    assert desk.text == BY_HAND[:start] + BY_HAND[end:]


def test_all_can_be_dropped(desk: Desk) -> None:
    """What is left is a file without picks, with the editor's notes."""
    desk.write(BY_HAND)
    assert desk.pick(drop=("annan-nyhet", "egen-nyhet")).picks == ()
    assert "# slutord" in desk.text


def test_dropped_story_can_be_taken_again(desk: Desk) -> None:
    """In one go a pick is taken out and its story is free for the taking, under its old number."""
    desk.gathered()
    (first,) = desk.pick(take=(1,)).picks
    again = desk.pick(drop=(first.id,), take=(1,))
    assert (again.dropped[0].id, again.taken, len(again.picks)) == (first.id, (1,), 1)


def test_unknown_id_is_told(desk: Desk) -> None:
    """An id that is not there is a usage error with the nearest one, and nothing changes."""
    desk.write(BY_HAND)
    with pytest.raises(UsageError) as raised:
        desk.pick(drop=("egen-nyhett",))
    assert "egen-nyhet" in raised.value.do
    assert desk.text == BY_HAND


def test_text_that_cannot_be_cut_is_left_alone(desk: Desk) -> None:
    """Where a pick does not stand by itself, it is left to the editor's hands."""
    text = 'item = [{ title = "Ett" }, { title = "Två" }]\n'
    desk.write(text)
    with pytest.raises(InputError, match="går inte att ta bort"):
        desk.pick(drop=("ett",))
    assert desk.text == text


def test_missing_picture_is_told_with_its_line(desk: Desk) -> None:
    """A picture that news.toml names and that is not there is a mistake on that line."""
    desk.write('[[item]]\ntitle = "Egen"\npicture = "pictures/x.jpg"\npicture_alt = "En bro"\n')
    with pytest.raises(Problems) as raised:
        issues.load(desk.folder, "2026-2")
    (problem,) = raised.value.problems
    assert (str(problem.where), problem.what) == (f"{NEWS_TOML}:3", "Bilden pictures/x.jpg finns inte.")
