"""A source written into sources.toml, of which nothing else changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.errors import InputError
from newsletter.gather import sources, sources_text, written
from newsletter.model.news import Source, SourceKind

MEMBERS = ("hofors", "sater", "falun")
FOUND = Source(
    "sater", "https://www.sater.se/feed/", SourceKind.FEED, verified=True, page="https://www.sater.se/"
)
TEXT = """# Var nyheterna finns.

[[source]]   # Gästrikland
member = "hofors"
  url   =  'http://www.hofors.se/'   # prövad i maj
kind = "list"

# Dalarna
[[source]]
kind = "list"
member = "sater" # ring Lisa
url = "http://www.sater.se/"
verified = false
# slut
"""


def test_source_takes_the_place_of_another() -> None:
    """The replaced entry's values change where they stand; every other character stays."""
    expected = (
        TEXT.replace('kind = "list"\nmember', 'kind = "feed"\nmember')
        .replace("http://www.sater.se/", "https://www.sater.se/feed/")
        .replace("verified = false\n", 'verified = true\npage = "https://www.sater.se/"\n')
    )
    assert written(TEXT, "s.toml", FOUND, MEMBERS, replaces="http://www.sater.se/") == expected


def test_source_is_added_at_the_end() -> None:
    """Where nothing is replaced, the text stays whole and the source comes after it."""
    after = written(TEXT, "s.toml", FOUND, MEMBERS)
    assert after == TEXT + "\n" + sources_text([FOUND])


@pytest.mark.parametrize("text", ["", "# bara ord", TEXT.rstrip("\n"), TEXT.replace("\n", "\r\n")])
def test_any_ending_is_kept(text: str) -> None:
    """Empty files, files without a last line end and files from Windows keep what they have."""
    after = written(text, "s.toml", FOUND, MEMBERS)
    assert after.startswith(text)
    assert sources(after, "s.toml", MEMBERS)[-1] == FOUND
    assert ("\r\n" in text) == ("\r\n" in after)
    assert after.replace("\r\n", "").count("\n") == 0 or "\r\n" not in text


def test_writing_the_same_again_changes_nothing() -> None:
    """A source that stands there already is written over itself, to the same text."""
    once = written(TEXT, "s.toml", FOUND, MEMBERS, replaces="http://www.sater.se/")
    assert written(once, "s.toml", FOUND, MEMBERS, replaces=FOUND.url) == once


@pytest.mark.parametrize(
    "text",
    [
        'source = [{member = "sater", url = "http://www.sater.se/", kind = "list"}]\n',
        '[[source]]\nmember = "sater"\nkind = "list"\nurl = """\nhttp://www.sater.se/"""\n',
    ],
)
def test_odd_ways_of_writing_are_refused(text: str) -> None:
    """What cannot be changed line by line is left alone, and the way out is told."""
    with pytest.raises(InputError) as raised:
        written(text, "s.toml", FOUND, MEMBERS, replaces="http://www.sater.se/")
    assert raised.value.do


def test_own_file_keeps_every_other_line() -> None:
    """In the repository's own file, replacing one entry changes its four lines and no other."""
    root = Path(__file__).parents[2] / "subscribers"
    text = (root / "sources.toml").read_text(encoding="utf-8")
    members = [
        line.split(",")[0] for line in (root / "members.csv").read_text(encoding="utf-8").splitlines()[1:]
    ]
    for source in sources(text, "s.toml", members):
        after = written(text, "s.toml", FOUND, members, replaces=source.url).splitlines()
        gone = [line for line in text.splitlines() if line not in after]
        assert len(after) - len(text.splitlines()) == 1
        assert len(gone) <= 4


COMMENTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=20)


@given(
    st.lists(st.tuples(COMMENTS, COMMENTS), min_size=1, max_size=4),
    st.integers(0, 3),
    st.sampled_from(["\n", "\r\n"]),
)
def test_everything_else_is_kept(comments: list[tuple[str, str]], number: int, end: str) -> None:
    """Whatever comments stand around, lines of other entries and all comments are the same afterwards."""
    lines: list[str] = []
    for index, (above, beside) in enumerate(comments):
        lines += [f"# {above}", "[[source]]", f'member = "hofors" # {beside}']
        lines += [f'url = "https://www.hofors.se/{index}"', 'kind = "list"', ""]
    text = end.join(lines)
    chosen = number % len(comments)
    after = written(text, "s.toml", FOUND, MEMBERS, replaces=f"https://www.hofors.se/{chosen}")
    changed = after.split(end)
    assert [line for line in changed if line.startswith("# ")] == [f"# {above}" for above, _ in comments]
    kept = [line for index, line in enumerate(lines) if index // 6 != chosen]
    assert [line for line in changed if line in kept] == kept or set(kept) <= set(changed)
    assert f'member = "sater" # {comments[chosen][1]}' in changed
