"""sources.toml, read and written."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.demo.sites import sources as demo_sources
from newsletter.errors import InputError, Problems
from newsletter.gather import sources, sources_text
from newsletter.model.news import SourceKind

MEMBERS = ("hofors", "sater", "falun")
GOOD = """# kommentar

[[source]]
member = "hofors"
url = "http://www.hofors.se/"
kind = "list"
verified = false
"""


def mistakes(text: str) -> list[str]:
    """What is said of the text, each with its place."""
    with pytest.raises(Problems) as raised:
        sources(text, "sources.toml", MEMBERS)
    return [f"{problem.where}: {problem.what} {problem.do}" for problem in raised.value.problems]


def test_source_is_read_as_written() -> None:
    """Member, address, kind and whether it was verified."""
    (source,) = sources(GOOD, "sources.toml", MEMBERS)
    assert (source.member, source.url, source.kind, source.verified) == (
        "hofors",
        "http://www.hofors.se/",
        SourceKind.LIST,
        False,
    )


def test_every_mistake_is_told_with_its_line() -> None:
    """All mistakes at once: file, line, and the nearest spelling."""
    text = (
        GOOD.replace('"hofors"', '"hofos"').replace('"list"', '"lst"')
        + '[[source]]\nurl = "ftp://x"\nkidn = "feed"\nverified = 1\n'
    )
    told = "\n".join(mistakes(text))
    for expected in (
        "sources.toml:4: Okänd medlem ”hofos”. Menade du ”hofors”?",
        "sources.toml:6: Okänt slag av källa: ”lst”. Menade du ”list”?",
        "sources.toml:8: Källan saknar ”member”.",
        "sources.toml:9: ”ftp://x” är ingen webbadress.",
        "sources.toml:10: Okänd nyckel ”kidn”. Menade du ”kind”?",
        "sources.toml:11: ”verified” är varken true eller false.",
    ):
        assert expected in told


def test_address_that_stands_twice_is_told() -> None:
    """The same address cannot be two sources."""
    assert any("står två gånger" in mistake for mistake in mistakes(GOOD + GOOD))


@pytest.mark.parametrize("text", ['source = "x"', "[[sources]]\n", "source = [1]"])
def test_other_things_are_told(text: str) -> None:
    """What is no [[source]] is a mistake, with its line."""
    assert mistakes(text)


def test_broken_toml_is_told_with_its_line() -> None:
    """A text that is no TOML says on which line."""
    with pytest.raises(InputError) as raised:
        sources(GOOD + "x = [", "sources.toml", MEMBERS)
    assert str(raised.value.where).startswith("sources.toml:8")


def test_own_sources_are_right() -> None:
    """Each member of the repository has an unverified source, or stands in a comment as without one."""
    root = Path(__file__).parents[2] / "subscribers"
    rows = (root / "members.csv").read_text(encoding="utf-8").splitlines()[1:]
    members = {row.split(",")[0]: row.split(",")[-1] for row in rows}
    text = (root / "sources.toml").read_text(encoding="utf-8")
    found = sources(text, "sources.toml", list(members))
    assert {source.member: source.url for source in found} == {
        one: url for one, url in members.items() if url
    }
    assert not any(source.verified for source in found)
    without = [one for one, url in members.items() if not url]
    assert len(without) == 7
    assert all(any(f"({one})" in line for line in text.splitlines() if line[0:1] == "#") for one in without)


def test_page_is_where_the_source_was_found() -> None:
    """The page is read, written and may be left out; one that is no address is a mistake."""
    (source,) = sources(GOOD + 'page = "http://www.hofors.se/nyheter"\n', "sources.toml", MEMBERS)
    assert source.page == "http://www.hofors.se/nyheter"
    assert sources(sources_text([source]), "sources.toml", MEMBERS) == (source,)
    assert "sources.toml:8: ”x” är ingen webbadress." in "\n".join(mistakes(GOOD + 'page = "x"\n'))


def test_sources_are_written_as_they_are_read() -> None:
    """What is written reads back the same."""
    known = [source.member for source in demo_sources()]
    assert sources(sources_text(demo_sources()), "sources.toml", known) == demo_sources()


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Whatever the text, it gives sources or an error that says where."""
    try:
        found: object = sources(text, "sources.toml", MEMBERS)
    except InputError as error:
        found = error.where
    assert found is not None
