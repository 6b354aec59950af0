"""Approving an issue in a real workspace, and what becomes of the approval."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from newsletter import review as stage
from newsletter.edges.workspace import Folder
from newsletter.errors import (
    ChecksFailed,
    ConfirmationNeeded,
    InputError,
    MissingFile,
    NotApproved,
    StateError,
    UsageError,
)
from newsletter.model.delivery import Exclusion
from newsletter.model.people import Role, Suppression
from newsletter.model.review import Turnover
from newsletter.model.transport import Features
from newsletter.pipeline import proof, review
from newsletter.testing import builders
from newsletter.testing.store import MemoryApprovedAudiences
from tests.review.world import OUTBOX, PEOPLE, TEXT, World
from tests.send.builders import recipient
from tests.send.world import ISSUE

REVIEW = f"content/issues/{ISSUE}/review"


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A workspace where nothing is approved."""
    return World(Folder(tmp_path))


def reasons(world: World) -> list[str]:
    """Why the first approval holds no longer."""
    return list(stage.reasons(world.status().verdict.decisions[0]))


def turnover(world: World) -> Turnover:
    found = world.status().verdict.decisions[0].turnover
    assert found is not None
    return found


def test_an_approval_is_a_file(world: World) -> None:
    """Approving writes one file, that says who, when and what, and holds."""
    done = world.approve()
    assert world.folder.names(REVIEW) == [done.path]
    found = review.approvals(world.folder, ISSUE)
    assert found == (done.approval,)
    assert (found[0].by, found[0].at, found[0].readers.count) == ("Anna Berg", world.clock.now(), 5)
    assert done.verdict.approvers == world.status().verdict.approvers == ("Anna Berg",)


def test_the_digest_is_that_of_sending(world: World) -> None:
    """What the approval calls its digest is what a send of the same letters calls it."""
    from newsletter import send

    made, _ = proof.fresh(ISSUE, OUTBOX, world.ports())
    expected = builders.digest(
        made.letters,
        [one.id for one in PEOPLE[:5]],
        rule=made.audience.rule,
        transport="outbox\n",
        wording=send.wording(world.settings.lists, "sv"),
    )
    assert world.approve().approval.digest == world.status().digest == expected


def test_nothing_is_approved_unshown(world: World) -> None:
    """Without the issue's name what would be approved is shown, and nothing is kept or written."""
    shown: list[review.Shown] = []
    for wrong in ("", "2026-1", "ja"):
        with pytest.raises(ConfirmationNeeded):
            review.approve(ISSUE, "Anna", OUTBOX, world.ports(), confirm=wrong, on_shown=shown.append)
    assert shown[0] == shown[1] == shown[2]
    assert shown[0].editions == {"alla": 2, "politiker": 3}
    assert (shown[0].subject, shown[0].readers.count) == ("Nytt från föreningen", 5)
    assert not world.folder.names(REVIEW)
    assert not world.store.approved.knows(shown[0].readers.digest)


def test_errors_stand_in_the_way(world: World) -> None:
    """A letter in which the check finds an error cannot be approved."""
    world.edit(TEXT, lambda text: text.replace("Hej {{namn}}", "Hej TODO {{namn}}"))
    with pytest.raises(ChecksFailed) as caught:
        world.approve()
    assert f"newsletter check {ISSUE}" in caught.value.do
    assert not world.folder.names(REVIEW)


def test_what_cannot_be_approved(world: World) -> None:
    """An issue that is not there, a name that is none, and a letter to nobody are refused."""
    with pytest.raises(MissingFile):
        review.approve("2026-9", "Anna", OUTBOX, world.ports(), confirm="2026-9")
    with pytest.raises(UsageError, match="namn"):
        world.approve(by=" ")
    for one in PEOPLE:
        world.put(replace(one, mandates=()))
    with pytest.raises(InputError, match="Ingen står på listan"):
        world.approve()


def test_what_is_sent_already(world: World) -> None:
    """An issue that is planned or sent cannot be approved any more."""
    world.folder.write({f"content/issues/{ISSUE}/sending.json": b"{}"})
    with pytest.raises(StateError, match="redan skickat"):
        world.approve()


CHANGES: dict[str, tuple[Callable[[World], None], str]] = {
    "subject": (
        lambda world: world.edit(TEXT, lambda text: text.replace("Nytt från f", "Nytt ur f")),
        "Ämnesraden i alla utgåvor är ändrad.",
    ),
    "preheader": (
        lambda world: world.edit(TEXT, lambda text: text.replace("Vad som händer", "Vad som hänt")),
        "Förhandstexten i alla utgåvor är ändrad.",
    ),
    "one edition": (
        lambda world: world.edit(TEXT, lambda text: text.replace("Mer om", "Allt om")),
        "Innehållet i utgåvan politiker är ändrat.",
    ),
    "its block is gone": (
        lambda world: world.edit(TEXT, lambda text: text[: text.index("::: för")]),
        "Innehållet i utgåvan politiker är ändrat.",
    ),
    "sender": (
        lambda world: setattr(world, "toml", world.toml.replace('gen"\naddress', '"\naddress')),
        "Avsändarens namn i alla utgåvor är ändrat.",
    ),
    "reply-to": (
        lambda world: setattr(world, "toml", world.toml.replace('to = "kansli@', 'to = "svar@')),
        "Svarsadressen i alla utgåvor är ändrad.",
    ),
    "measuring": (
        lambda world: setattr(
            world, "toml", world.toml + '[measuring]\nmode = "provider"\ndecision = "Styrelsen 2026-09-01"\n'
        ),
        "Sättet att mäta är ändrat.",
    ),
    "transport": (
        lambda world: setattr(world, "transport", Features("smtp")),
        "Breven ska gå en annan väg.",
    ),
    "transport's settings": (
        lambda world: setattr(world, "transport", Features("outbox", settings="verp = true")),
        "Inställningarna för hur breven går iväg är ändrade.",
    ),
    "rule": (
        lambda world: world.edit(
            "subscribers/segments.toml", lambda text: text.replace("grupp = politiker", "roll = ordforande")
        ),
        "Regeln för vilka som får brevet är ändrad.",
    ),
    "template": (
        lambda world: world.folder.write(
            {"templates/theme.toml": b'[light]\naccent = "#7a1f1f"\n'}
        ),
        "Innehållet i alla utgåvor är ändrat.",
    ),
    "addition": (
        lambda world: world.put(recipient(9, "falun", Role.COUNCIL)),
        "En mottagare har tillkommit.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_voids_and_is_named(world: World, name: str) -> None:
    """A change of anything that is covered voids the approval, says what, and a send is refused."""
    world.toml += "[sending]\napprovals = 1\n"
    world.approve()
    change, told = CHANGES[name]
    change(world)
    assert told in reasons(world)
    assert not world.status().verdict.is_approved
    made, _ = proof.fresh(ISSUE, world.transport, world.ports())
    with pytest.raises(NotApproved) as caught:
        review.refuse_unapproved(made, world.ports())
    assert told in caught.value.why
    assert caught.value.exit_code == 4


def test_what_was_put_back_holds_again(world: World) -> None:
    """A change that is undone voids nothing."""
    world.approve()
    world.edit(TEXT, lambda text: text.replace("Mer om", "Allt om"))
    assert reasons(world)
    world.edit(TEXT, lambda text: text.replace("Allt om", "Mer om"))
    assert not reasons(world)


def test_unrelated_files_void_nothing(world: World) -> None:
    """Other issues, notes, comments, pictures that no letter shows, and the log of the state void nothing."""
    world.approve()
    world.folder.write(
        {
            "README.md": b"annat",
            "content/issues/2026-3/issue.md": b"annat",
            f"content/issues/{ISSUE}/pictures/oanvand.png": b"annat",
            f"content/issues/{ISSUE}/anteckningar.md": b"annat",
            f"{REVIEW}/2026-11-18-bo.comment.toml": b"annat",
            "subscribers/sources.toml": b"",
        }
    )
    world.clock.advance(3600)
    assert world.status().verdict.approvers == ("Anna Berg",)


@pytest.mark.parametrize(
    ("why", "expected"),
    [
        (Suppression.LEFT, Exclusion.LEFT),
        (Suppression.BOUNCED, Exclusion.BOUNCED),
        (Suppression.COMPLAINED, Exclusion.COMPLAINED),
    ],
)
def test_those_who_leave_do_not_void(world: World, why: Suppression, expected: Exclusion) -> None:
    """Who leaves, bounces or complains after the approval is taken out and named; the approval holds."""
    world.approve()
    world.store.suppressions.suppress(PEOPLE[0].address, why, at=world.clock.now(), source="test")
    assert not reasons(world)
    found = turnover(world)
    assert (found.added, found.gone) == (0, 1)
    assert [(one.recipient, one.name, one.why) for one in found.known] == [("r1", "Person 1", expected)]


def test_who_is_no_longer_in_a_segment(world: World) -> None:
    """Who changes role, so that the rule names him no more, is told of without a reason of his own."""
    world.approve()
    world.put(recipient(1, "hofors", Role.PARTNER))
    found = turnover(world)
    assert [(one.recipient, one.why) for one in found.known] == [("r1", None)]
    assert not reasons(world)


def test_the_last_reader_of_an_edition(world: World) -> None:
    """Where all the readers of an edition are gone from the lists, the others' approval holds."""
    world.approve()
    for one in (PEOPLE[1], PEOPLE[3]):  # all who get the plain edition
        world.put(replace(one, mandates=()))
    assert turnover(world).gone == 2
    assert not reasons(world)
    world.edit(TEXT, lambda text: text.replace("Hej {{namn}}", "Tjena {{namn}}"))
    assert reasons(world) == [
        "Innehållet i alla utgåvor är ändrat.",
        "Textversionen i alla utgåvor är ändrad.",
    ]


def test_leaving_and_coming_back(world: World) -> None:
    """Who had left when it was approved, and may be written to again, is an addition."""
    address = PEOPLE[0].address
    world.store.suppressions.suppress(address, Suppression.LEFT, at=world.clock.now(), source="test")
    assert world.approve().approval.readers.count == 4
    world.store.suppressions.lift(address, at=world.clock.now(), why="ångrade sig", command="test")
    assert reasons(world) == ["En mottagare har tillkommit."]


def test_one_leaves_and_one_comes(world: World) -> None:
    """The same number of readers is not the same readers."""
    world.approve()
    world.put(replace(PEOPLE[0], mandates=()), recipient(9, "falun", Role.COUNCIL))
    found = turnover(world)
    assert (found.added, found.gone) == (1, 1)
    assert reasons(world) == ["En mottagare har tillkommit."]


def test_another_clone(world: World) -> None:
    """Where the set is not known, the same readers still count; others are not guessed about."""
    world.approve()
    world.store.approved = MemoryApprovedAudiences()
    assert not reasons(world)
    world.put(replace(PEOPLE[0], mandates=()))
    assert len(reasons(world)) == 1
    assert "inte känt" in reasons(world)[0]
    world.approve(by="Bo Ek")
    assert world.status().verdict.approvers == ("Bo Ek",)


def test_two_clones_are_merged(world: World) -> None:
    """Two approvals that were given apart are two files, and both count."""
    world.toml += "[sending]\napprovals = 2\n"
    assert not world.approve().verdict.is_approved
    world.clock.advance(60)
    assert world.approve(by="Bo Ek").verdict.is_approved
    assert len(world.folder.names(REVIEW)) == 2


def test_sending_asks_for_as_many_as_the_workspace_does(world: World) -> None:
    """By default nobody need approve; with a number, that many people must."""
    made, _ = proof.fresh(ISSUE, OUTBOX, world.ports())
    review.refuse_unapproved(made, world.ports())
    world.toml += "[sending]\napprovals = 2\n"
    for by, left in (("Anna Berg", 2), ("anna berg", 1), ("Bo Ek", 1)):
        with pytest.raises(NotApproved) as caught:
            review.refuse_unapproved(made, world.ports())
        assert f"{2 - left} av 2" in caught.value.what
        assert "--via outbox" in caught.value.do
        world.clock.advance(60)
        world.approve(by=by)
    review.refuse_unapproved(made, world.ports())


def test_an_approval_that_cannot_be_read(world: World) -> None:
    """A broken file is told of by name and line, where approvals are asked for, and stops nothing else."""
    world.folder.write({f"{REVIEW}/x.approval.toml": b"<<<<<<< HEAD\n"})
    made, _ = proof.fresh(ISSUE, OUTBOX, world.ports())
    review.refuse_unapproved(made, world.ports())
    world.toml += "[sending]\napprovals = 1\n"
    with pytest.raises(InputError) as caught:
        review.refuse_unapproved(made, world.ports())
    assert str(caught.value.where) == f"{REVIEW}/x.approval.toml:1"
    with pytest.raises(InputError):
        world.status()


def test_lists_that_change_meanwhile(world: World) -> None:
    """Where somebody is added between the showing and the approving, nothing is approved."""

    def added(_: review.Shown) -> None:
        world.put(recipient(9, "falun", Role.COUNCIL))

    with pytest.raises(StateError, match="ändrades"):
        review.approve(ISSUE, "Anna", OUTBOX, world.ports(), confirm=ISSUE, on_shown=added)
    assert not world.folder.names(REVIEW)


def test_many_who_are_gone(world: World) -> None:
    """Of many who are gone the first are named, and all are counted."""
    many = [recipient(number, "hofors", Role.COUNCIL) for number in range(100, 1300)]
    world.put(*many)
    world.approve()
    world.put(*(replace(one, mandates=()) for one in many))
    found = turnover(world)
    assert (found.added, found.gone, len(found.known)) == (0, 1200, 50)
