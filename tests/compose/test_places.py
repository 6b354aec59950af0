"""Order by county, marks for a reader's own member, and no more editions than there are different letters."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from newsletter import compose
from newsletter.compose import Editions
from newsletter.model.issue import Block, BlockKind, Issue, IssueKind
from newsletter.model.letter import Edition
from newsletter.model.news import Pick, PickLink
from newsletter.model.people import Member
from newsletter.model.prose import Paragraph, Text
from newsletter.model.where import Where

FILE = "content/issues/2026-2/issue.md"
SEGMENTS = ("politiker", "chefer", "media")
MEMBERS = {
    each.id: each
    for each in (
        Member("falun", "Falu kommun", "kommun", "Dalarna"),
        Member("avesta", "Avesta kommun", "kommun", "Dalarna"),
        Member("gavle", "Gävle kommun", "kommun", "Gävleborg"),
        Member("region-dalarna", "Region Dalarna", "region", "Dalarna"),
        Member("ovrig", "Övrig", "kommun", ""),
    )
}
NEWS = Block("nytt", BlockKind.MEMBER_NEWS, Where(FILE, 30), "Nytt")


def card(name: str, **changes: object) -> Block:
    return replace(Block(name, BlockKind.CARD, Where(FILE, 10), name), **changes)  # type: ignore[arg-type]


def pick(name: str, member: str, *also: str) -> Pick:
    links = tuple(PickLink(each, f"https://{each}.example/") for each in also)
    return Pick(name, member, f"https://{member}.example/{name}", name, "", None, "", "", "", links)


def issue(*blocks: Block, ordering: str = "issue", mark_own: bool = False) -> Issue:
    return Issue(
        id="2026-2",
        title="Nr 2",
        subject="Ämne",
        preheader="",
        date=date(2026, 11, 17),
        language="sv",
        kind=IssueKind.NEWSLETTER,
        sender="kansliet",
        audiences=SEGMENTS,
        blocks=blocks,
        where=Where(FILE),
        ordering=ordering,
        mark_own=mark_own,
    )


def order(edition: Edition) -> list[str]:
    return [block.id for block in edition.blocks]


INTRO = Block("intro", BlockKind.TEXT, Where(FILE, 9), nodes=(Paragraph((Text("Hej"),)),))
CARDS = (INTRO, card("alla"), card("gavle", member="gavle"), card("dalarna", county="Dalarna"), NEWS)
PICKS = (pick("g", "gavle"), pick("f", "falun"), pick("b", "gavle", "avesta"))


def letter(found: Issue, member: str, *segments: str) -> Edition:
    editions = Editions(found, PICKS, MEMBERS)
    return editions.edition(editions.key(segments, member))


def test_places_decide_only_where_the_issue_says_so() -> None:
    """Without `ordering` and `mark_own` all get one letter, wherever they are."""
    editions = Editions(issue(*CARDS), PICKS, MEMBERS)
    assert {editions.key((), member) for member in MEMBERS} == {()}


def test_what_is_near_comes_first() -> None:
    """Cards that follow on each other, and news, stand with the reader's county first; all else stays."""
    found = letter(issue(*CARDS, ordering="county"), "falun")
    assert order(found) == ["intro", "dalarna", "alla", "gavle", "nytt"]
    assert [each.id for each in found.picks] == ["f", "b", "g"]
    assert found.id == "lan=dalarna"
    assert not found.own_picks


def test_one_county_has_one_edition() -> None:
    """Readers of the same county share a letter; where no county is known, it is the plain one."""
    editions = Editions(issue(*CARDS, ordering="county"), PICKS, MEMBERS)
    assert {member: editions.key((), member) for member in (*MEMBERS, "", "okand")} == {
        "falun": ("lan=dalarna",),
        "avesta": ("lan=dalarna",),
        "region-dalarna": ("lan=dalarna",),
        "gavle": ("lan=gavleborg",),
        "ovrig": (),
        "": (),
        "okand": (),
    }


def test_own_news_is_marked() -> None:
    """With `mark_own` a reader's own member's cards and news are marked, also where it tells with others."""
    found = letter(issue(*CARDS, mark_own=True), "avesta")
    assert (found.id, found.own_kind) == ("medlem=avesta", "kommun")
    assert (found.own_blocks, found.own_picks) == (frozenset(), frozenset({"b"}))
    assert order(found) == [block.id for block in CARDS]
    assert letter(issue(*CARDS, mark_own=True), "gavle").own_blocks == {"gavle"}
    assert letter(issue(*CARDS, mark_own=True), "region-dalarna").id == "alla"


def test_own_news_stands_before_the_county() -> None:
    """With both switches, a reader's own member comes first and the county next."""
    found = letter(issue(*CARDS, ordering="county", mark_own=True), "avesta")
    assert [each.id for each in found.picks] == ["b", "f", "g"]


def test_an_edition_is_made_again_from_its_id() -> None:
    """A sending that is taken up again knows each letter by the edition's name."""
    editions = Editions(issue(*CARDS, ordering="county", mark_own=True), PICKS, MEMBERS)
    for member in MEMBERS:
        edition = editions.edition(editions.key(SEGMENTS, member))
        assert editions.edition(compose.key_of(edition.id)) == edition


def test_differences_are_told_by_title() -> None:
    """What is added, missing, moved up or marked is named as the issue names it."""
    blocks = (*CARDS, card("chefer", segments=("chefer",)))
    editions = Editions(issue(*blocks, ordering="county", mark_own=True), PICKS, MEMBERS)
    plain, other = editions.edition(()), editions.edition(editions.key(("chefer",), "falun"))
    assert compose.difference(plain, other) == compose.Difference(
        added=("chefer",), moved=("dalarna", "f", "b"), marked=("f",)
    )
    assert compose.difference(other, plain).removed == ("chefer",)
    assert compose.difference(plain, plain) == compose.Difference()


def test_blocks_without_a_title_are_named_by_kind_and_words() -> None:
    """A block without a heading is told by what it is and how it begins."""
    mine = replace(INTRO, id="mer", segments=("media",))
    editions = Editions(issue(CARDS[1], mine), (), MEMBERS)
    told = compose.difference(editions.edition(()), editions.edition(("media",)))
    assert told.added == ("text: Hej",)


def test_unknown_places_are_told() -> None:
    """A member or a county that no list has is told with its line and the nearest that one does."""
    found = compose.unknown_places(issue(card("a", member="falum"), card("b", county="Dalana")), MEMBERS)
    assert [(each.what, each.do) for each in found] == [
        ("Medlemmen ”falum” finns inte.", "Menade du ”falun”?"),
        ("Länet ”Dalana” finns inte.", "Menade du ”Dalarna”?"),
    ]
    assert not compose.unknown_places(issue(*CARDS), MEMBERS)


# --- whatever is written --------------------------------------------------------------------------

names = st.sampled_from(["", *MEMBERS])
counties = st.sampled_from(["", "Dalarna", "Gävleborg"])
made_blocks = st.lists(
    st.tuples(
        st.sampled_from([BlockKind.CARD, BlockKind.INVITATION, BlockKind.TEXT, BlockKind.MEMBER_NEWS]),
        st.lists(st.sampled_from(SEGMENTS), unique=True, max_size=3),
        names,
        counties,
    ),
    max_size=7,
)
made_picks = st.lists(st.tuples(names, st.lists(names, max_size=2)), max_size=4)
readers = st.lists(st.tuples(st.sets(st.sampled_from(SEGMENTS)), names), min_size=1, max_size=12)


def _issue(rows: list[tuple[BlockKind, list[str], str, str]], *, by_county: bool, mark_own: bool) -> Issue:
    blocks = [
        Block(f"b{number}", kind, Where(FILE, number), segments=tuple(wrap), member=member, county=county)
        for number, (kind, wrap, member, county) in enumerate(rows)
    ]
    return issue(*blocks, ordering="county" if by_county else "issue", mark_own=mark_own)


def _editions(
    rows: list[tuple[BlockKind, list[str], str, str]],
    told: list[tuple[str, list[str]]],
    by_county: bool,
    mark_own: bool,
) -> Editions:
    picks = [pick(f"p{number}", member, *also) for number, (member, also) in enumerate(told)]
    return Editions(_issue(rows, by_county=by_county, mark_own=mark_own), picks, MEMBERS)


@given(made_blocks, made_picks, st.booleans(), st.booleans(), readers)
def test_every_block_reaches_exactly_those_it_is_for(
    rows: list[tuple[BlockKind, list[str], str, str]],
    told: list[tuple[str, list[str]]],
    by_county: bool,
    mark_own: bool,
    people: list[tuple[set[str], str]],
) -> None:
    """A reader gets a block exactly when it is for all or for a segment of his, once, and every pick."""
    editions = _editions(rows, told, by_county, mark_own)
    for segments, member in people:
        edition = editions.edition(editions.key(segments, member))
        wanted = {
            f"b{number}"
            for number, (kind, wrap, _, _) in enumerate(rows)
            if (not wrap or segments & set(wrap)) and (kind is not BlockKind.MEMBER_NEWS or told)
        }
        assert sorted(order(edition)) == sorted(wanted)
        has_news = any(block.kind is BlockKind.MEMBER_NEWS for block in edition.blocks)
        assert len(edition.picks) == (len(told) if has_news else 0)
        tellers = {each.id: {each.member, *(link.member for link in each.also)} for each in edition.picks}
        own = {name for name, of in tellers.items() if member and member in of}
        assert edition.own_picks == (own if mark_own else set())


@given(made_blocks, made_picks, st.booleans(), st.booleans(), readers)
def test_identical_letters_are_one_edition(
    rows: list[tuple[BlockKind, list[str], str, str]],
    told: list[tuple[str, list[str]]],
    by_county: bool,
    mark_own: bool,
    people: list[tuple[set[str], str]],
) -> None:
    """Two keys never give the same letter, a key gives itself again, and order depends on nobody."""
    editions = _editions(rows, told, by_county, mark_own)
    keys = editions.in_order(editions.key(segments, member) for segments, member in people)
    assert keys == editions.in_order(reversed(keys))
    letters = [editions.edition(key) for key in keys]
    seen = {
        (*order(each), *(p.id for p in each.picks), each.own_blocks, each.own_picks, each.own_kind)
        for each in letters
    }
    assert len(seen) == len(letters)
    assert [compose.key_of(each.id) for each in letters] == list(keys)
