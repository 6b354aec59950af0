"""Whether an issue is approved."""

from __future__ import annotations

from dataclasses import replace

import pytest

from newsletter import review
from newsletter.model import digest as numbers
from newsletter.model.delivery import Exclusion
from newsletter.model.review import Approval, AudienceDigest, Gone, Parts, Turnover, Verdict
from tests.review.builders import LETTERS, PEOPLE, approval, later, parts

OTHER = parts([replace(LETTERS[0], subject="Annat"), *LETTERS[1:]])
SAME = Turnover()


def verdict(
    *given: Approval, now: Parts | None = None, turnover: Turnover | None = SAME, needed: int = 1
) -> Verdict:
    turnovers = {one.readers.digest: turnover for one in given}
    return review.verdict(given, parts() if now is None else now, turnovers, needed=needed)


def test_an_approval_of_exactly_this() -> None:
    """An approval holds while nothing has changed."""
    found = verdict(approval())
    assert found.is_approved
    assert found.approvers == ("Anna Berg",)
    assert review.reasons(found.decisions[0]) == ()


def test_no_approval() -> None:
    """Where nobody has approved, it is not approved; where nobody need, it is."""
    assert not verdict().is_approved
    assert verdict(needed=0).is_approved


def test_a_change_voids() -> None:
    """An approval of something else does not count, and says why."""
    found = verdict(approval(OTHER))
    assert not found.is_approved
    assert review.reasons(found.decisions[0]) == ("Ämnesraden i utgåvan alla är ändrad.",)


def test_two_are_needed() -> None:
    """One person counts once, however often and in whatever spelling; two are two."""
    twice = approval(by="  anna   BERG", at=later(1))
    assert not verdict(approval(), twice, needed=2).is_approved
    assert verdict(approval(), approval(by="Bo Ek"), needed=2).is_approved


def test_a_void_approval_does_not_help() -> None:
    """Of two approvals, one that is void leaves one."""
    assert not verdict(approval(), approval(OTHER, by="Bo Ek"), needed=2).is_approved


def test_approving_again() -> None:
    """Who approves again after a change counts; the earlier word is told as superseded."""
    found = verdict(approval(OTHER), approval(at=later(1)))
    assert found.is_approved
    assert [(one.holds, one.is_superseded) for one in found.decisions] == [(False, True), (True, False)]


def test_what_was_put_back_holds_again() -> None:
    """An approval of what the letter is once more counts, also after a later one of something else."""
    assert verdict(approval(), approval(OTHER, at=later(1))).approvers == ("Anna Berg",)


@pytest.mark.parametrize(("added", "told"), [(1, "En mottagare"), (3, "3 mottagare")])
def test_additions_void(added: int, told: str) -> None:
    """Somebody who was added voids an approval, however many have gone."""
    found = verdict(approval(), turnover=Turnover(added=added, gone=5))
    assert not found.is_approved
    assert review.reasons(found.decisions[0]) == (f"{told} har tillkommit.",)


def test_those_who_are_gone_do_not_void() -> None:
    """People who left after the approval are told of, and it holds."""
    gone = Turnover(gone=2, known=(Gone("anna", "Anna Ek", Exclusion.LEFT),))
    found = verdict(approval(), turnover=gone)
    assert found.is_approved
    assert found.decisions[0].turnover == gone


def test_a_set_that_nobody_knows() -> None:
    """Where it is not known who the readers were, and they are not the same, nothing is guessed."""
    found = verdict(approval(), turnover=None)
    assert not found.is_approved
    assert "inte känt" in review.reasons(found.decisions[0])[0]


SET, LESS = numbers.audience(PEOPLE), numbers.audience(PEOPLE[1:])


@pytest.mark.parametrize(
    ("now", "still", "expected"),
    [
        (SET, None, Turnover()),  # the same set needs nobody to remember it
        (LESS, None, None),
        (LESS, 3, Turnover(added=0, gone=1)),
        (numbers.audience([*PEOPLE, "ny"]), 4, Turnover(added=1, gone=0)),
        (numbers.audience([*PEOPLE[1:], "ny"]), 3, Turnover(added=1, gone=1)),
    ],
)
def test_turnover(now: AudienceDigest, still: int | None, expected: Turnover | None) -> None:
    """Who came and who went is counted from two sets and what they have in common."""
    assert review.turnover(SET, now, still) == expected


def test_an_edition_without_readers() -> None:
    """Where the last reader of an edition has left, it is held against how it would be now."""
    now = parts(LETTERS[1:])
    given = [approval(), approval(now, by="Bo Ek")]
    assert review.vanished(given, now) == ("alla",)
    turnovers = {given[0].readers.digest: Turnover()}
    same = review.verdict(given, now, turnovers, needed=2, unread=numbers.letter_parts(LETTERS[0]))
    assert same.is_approved
    changed = numbers.letter_parts(replace(LETTERS[0], subject="x"))
    found = review.verdict(given, now, turnovers, needed=2, unread=changed)
    assert found.approvers == ("Bo Ek",)
    assert not review.verdict(given, now, turnovers, needed=2).is_approved
