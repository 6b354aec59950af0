"""Readers with the same segments get the same letter, and nothing of an issue is lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from newsletter import compose
from newsletter.model.issue import Block, BlockKind, Issue, IssueKind
from newsletter.model.news import Pick
from newsletter.model.prose import Paragraph, Text
from newsletter.model.where import Where

FILE = "content/issues/2026-2/issue.md"
PICK = Pick("a", "avesta", "https://a.example/1", "Titel", "", None, "eu", "", "")
SEGMENTS = ("politiker", "tjanstepersoner", "dalarna", "media")


def block(name: str, *segments: str, kind: BlockKind = BlockKind.CARD) -> Block:
    return Block(name, kind, Where(FILE, 10), name, segments=segments)


def issue(*blocks: Block) -> Issue:
    return Issue(
        id="2026-2",
        title="Nr 2",
        subject="Ämne",
        preheader="",
        date=date(2026, 11, 17),
        language="sv",
        kind=IssueKind.NEWSLETTER,
        sender="kansliet",
        audiences=("politiker", "tjanstepersoner"),
        blocks=blocks,
        where=Where(FILE),
        lines={"sender": 7, "audiences": 8, "audiences.politiker": 9},
    )


segment_sets = st.sets(st.sampled_from(SEGMENTS))
issues = st.lists(st.lists(st.sampled_from(SEGMENTS), unique=True, max_size=3), max_size=6).map(
    lambda wraps: issue(*(block(f"b{number}", *wrap) for number, wrap in enumerate(wraps)))
)
ISSUE = issue(
    block("for-alla"),
    block("for-tjanste", "tjanstepersoner"),
    block("for-tva", "politiker", "tjanstepersoner"),
)


def test_only_segments_of_for_blocks_decide() -> None:
    """A key holds the reader's segments that the issue names, but for those that add nothing to another."""
    assert compose.key(ISSUE, {"dalarna", "politiker", "tjanstepersoner"}) == ("tjanstepersoner",)
    assert compose.key(ISSUE, {"dalarna", "politiker"}) == ("politiker",)
    assert compose.key(ISSUE, {"dalarna"}) == ()


def test_keys_are_those_that_occur_in_steady_order() -> None:
    """Only keys that some reader has are given, the plain one first, whatever order the readers come in."""
    readers = [{"politiker"}, {"dalarna"}, {"tjanstepersoner", "media"}, {"politiker", "dalarna"}]
    expected = ((), ("tjanstepersoner",), ("politiker",))
    assert compose.keys(ISSUE, readers) == compose.keys(ISSUE, reversed(readers)) == expected


def test_edition_holds_what_its_readers_get() -> None:
    """Blocks for somebody else are left out; the id names the key."""
    plain = compose.edition(ISSUE, (), ())
    both = compose.edition(ISSUE, (), ("tjanstepersoner", "politiker"))
    assert (plain.id, [one.id for one in plain.blocks]) == ("alla", ["for-alla"])
    assert (both.id, len(both.blocks)) == ("tjanstepersoner+politiker", 3)


def test_picks_go_where_the_member_news_is() -> None:
    """Picks follow the block; without picks the block falls away, unless it has text of its own."""
    news = block("news", kind=BlockKind.MEMBER_NEWS)
    with_text = replace(news, nodes=(Paragraph((Text("Ett urval"),)),))
    assert compose.edition(issue(news), (PICK,), ()).picks == (PICK,)
    assert compose.edition(issue(news), (), ()).blocks == ()
    assert compose.edition(issue(with_text), (), ()).blocks == (with_text,)


def test_an_edition_without_the_block_has_no_picks() -> None:
    """Where the member news is for others, an edition has neither the block nor the picks."""
    found = issue(block("news", "politiker", kind=BlockKind.MEMBER_NEWS))
    assert compose.edition(found, (PICK,), ()).picks == ()
    assert compose.edition(found, (PICK,), ("politiker",)).picks == (PICK,)


@given(issues, st.lists(segment_sets, max_size=8))
def test_each_reader_has_an_edition_that_is_made(found: Issue, readers: list[set[str]]) -> None:
    """The keys are exactly the readers' own, and each edition's id is its own."""
    keys = compose.keys(found, readers)
    assert set(keys) == {compose.key(found, reader) for reader in readers}
    assert len({compose.edition(found, (), key).id for key in keys}) == len(keys)


@given(issues)
def test_every_block_is_in_some_edition(found: Issue) -> None:
    """Nothing that was written is in no letter at all."""
    every = [{*combination} for combination in ((), *((segment,) for segment in SEGMENTS))]
    made = [compose.edition(found, (), key) for key in compose.keys(found, every)]
    assert {one.id for one in found.blocks} == {one.id for edition in made for one in edition.blocks}


@given(issues, segment_sets)
def test_a_reader_gets_each_block_that_is_for_him(found: Issue, reader: set[str]) -> None:
    """A reader's edition holds a block exactly when it is for everybody or for a segment of his, in order."""
    edition = compose.edition(found, (), compose.key(found, reader))
    expected = [one for one in found.blocks if not one.segments or reader & set(one.segments)]
    assert list(edition.blocks) == expected


def test_unknown_names_are_told_with_place_and_nearest_spelling() -> None:
    """Audiences, segments of blocks, topics and the sender are looked up; each is told once."""
    found = issue(
        replace(block("a", "politker"), topic="infra"), replace(block("b", "politker"), where=Where(FILE, 20))
    )
    segments = compose.unknown_segments(found, ["politiker", "media"])
    assert [(str(one.where), one.what) for one in segments] == [
        (f"{FILE}:8", "Målgruppen ”tjanstepersoner” finns inte."),
        (f"{FILE}:10", "Målgruppen ”politker” finns inte."),
    ]
    assert segments[1].do == "Menade du ”politiker”?"
    (topic,) = compose.unknown_topics(found, ["infrastruktur", "eu"])
    assert (str(topic.where), topic.do) == (f"{FILE}:10", "Menade du ”infrastruktur”?")
    (sender,) = compose.unknown_sender(found, ["styrelsen"])
    assert str(sender.where) == f"{FILE}:7"
    assert compose.unknown_sender(found, ["kansliet"]) == ()


def test_unknown_names_in_picks_are_told_with_their_lines() -> None:
    """A pick's topic and members are looked up; a pick may do without a topic."""
    picks = (replace(PICK, line=3), replace(PICK, topic="", member="avsta", line=9))
    found = compose.unknown_in_picks(picks, "news.toml", topics=["moten"], members=["avesta"])
    assert [(str(one.where), one.what) for one in found] == [
        ("news.toml:3", "Ämnet ”eu” finns inte."),
        ("news.toml:9", "Medlemmen ”avsta” finns inte."),
    ]


def test_picks_without_a_place_are_told() -> None:
    """An issue without member news cannot show what was picked, and says so."""
    assert compose.unplaced_picks(ISSUE, (PICK,))
    assert not compose.unplaced_picks(ISSUE, ())
    assert not compose.unplaced_picks(issue(block("n", kind=BlockKind.MEMBER_NEWS)), (PICK,))
