"""An approval as a text file."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter import review
from newsletter.errors import InputError, Problems, UsageError
from newsletter.model import digest as numbers
from newsletter.model.review import Approval, Certainty
from newsletter.model.rights import counted_as
from newsletter.testing import builders
from tests.review.builders import PICTURE, approval, parts

PATH = "content/issues/2026-2/review/x.approval.toml"
WORDS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=30)


def read(text: str) -> Approval:
    return review.approval(text, PATH, issue="2026-2")


@given(by=WORDS, path=WORDS, header=WORDS, how=st.sampled_from(Certainty), seconds=st.integers(0, 10**9))
def test_what_is_written_is_read(by: str, path: str, header: str, how: Certainty, seconds: int) -> None:
    """Whatever a name, a picture or a header is called, an approval reads back as it was."""
    try:
        name = review.name(by)
    except UsageError:
        return
    letter = builders.letter(pictures=(replace(PICTURE, path=path),), headers={header: "x"})
    at = builders.NOON.replace(microsecond=0) + timedelta(seconds=seconds)
    made = approval(parts([letter]), by=name, how=how, at=at)
    text = review.approval_text(made)
    assert read(text) == made
    assert review.approval_text(read(text)) == text


def test_the_time_is_utc() -> None:
    """A time in another zone is the same moment when it is read."""
    swedish = builders.NOON.astimezone(timezone(timedelta(hours=1)))
    found = read(review.approval_text(approval(at=swedish)))
    assert (found.at, found.at.tzinfo) == (builders.NOON, UTC)


def test_the_name_of_the_file() -> None:
    """It says when, who and what, in characters that any disk takes; two approvals never share it."""
    made = approval(by="Åsa Öst-Ek: ”kansliet”")
    name = review.file_name(made)
    assert name == f"2026-11-17T110000Z-asa-ost-ek-kansliet-{made.digest[:8]}.approval.toml"
    assert review.file_name(approval(by="王芳")).startswith("2026-11-17T110000Z-namn-")
    assert review.file_name(approval(parts([]))) != review.file_name(approval())


@pytest.mark.parametrize("by", ["", "  ", "\n", "a\x00b", "--", "x" * 101, "\u202egreB annA"])
def test_a_name_that_is_none(by: str) -> None:
    """Nothing, signs, controls and whole paragraphs are no names."""
    with pytest.raises(UsageError, match="namn"):
        review.name(by)


def test_spaces_of_a_name() -> None:
    """A name's spaces are put right."""
    assert review.name("  Anna\t Berg ") == "Anna Berg"


TEXT = review.approval_text(approval())


@pytest.mark.parametrize(
    ("before", "after", "told", "line"),
    [
        ('by = "Anna Berg"', 'by = ""', "by saknas", 6),
        ('by = "Anna Berg"\n', "", "by saknas", 0),
        ("at = 2026-11-17T11:00:00Z", 'at = "i går"', "at saknas", 7),
        ("at = 2026-11-17T11:00:00Z", "at = 2026-11-17T11:00:00", "at saknas", 7),
        ('how = "terminal"', 'how = "rop"', "how saknas", 8),
        ("count = 4", "count = -4", "listed saknas", 12),
        ("count = 4", "count = true", "listed saknas", 12),
        ("schema = 1", "schema = 2", "annan version", 4),
        ('issue = "2026-2"', 'issue = "2026-3"', "gäller 2026-3", 5),
        ("[parts]\n", '[parts]\n"x" = "y"\n', "parts saknas", 20),
    ],
)
def test_a_file_that_is_wrong(before: str, after: str, told: str, line: int) -> None:
    """What is wrong is told with its line, and what to do."""
    with pytest.raises(Problems, match=told) as caught:
        read(TEXT.replace(before, after, 1))
    where = caught.value.problems[0].where
    assert where is not None
    assert (where.file, where.line) == (PATH, line)
    assert "git" in caught.value.do or "Uppgradera" in caught.value.do


def test_all_that_is_wrong_is_told_at_once() -> None:
    """Several mistakes are told together."""
    with pytest.raises(Problems) as caught:
        read(TEXT.replace('by = "Anna Berg"', "").replace('how = "terminal"', ""))
    assert len(caught.value.problems) == 2


def test_marks_of_a_merge() -> None:
    """A file with the marks of a merge is refused with the line of the first."""
    with pytest.raises(InputError) as caught:
        read("<<<<<<< HEAD\n" + TEXT)
    assert caught.value.where is not None
    assert caught.value.where.line == 1


def test_an_approval_that_was_changed() -> None:
    """A part that was put in another's place does not go unseen."""
    found = parts()
    value = found["mode"]
    with pytest.raises(InputError, match="sig självt"):
        read(TEXT.replace(f'"mode" = "{value}"', f'"mode" = "{"0" * 64}"'))
    other = numbers.audience(["x"])
    with pytest.raises(InputError, match="sig självt"):
        read(review.approval_text(approval(listed=other)))


def test_it_names_no_reader() -> None:
    """Neither a reader's id nor its hash is in the text."""
    assert "anna" not in TEXT.replace("Anna Berg", "")
    assert not any(counted_as(one) in TEXT for one in ("anna", "bo", "cia", "dag"))
