"""The provider's clock: when letters leave, and what cancelling and pausing do to them."""

from __future__ import annotations

import pytest

from newsletter.testing.sendgrid import LetterState
from newsletter.testing.sendgrid.account import CANCEL_SECONDS, HELD_AT_MOST, ID_SECONDS, PAUSE_SECONDS
from tests.testing.calling import NOON, Caller

HOUR = 3600
LATER = int(NOON) + HOUR


def states(call: Caller) -> list[LetterState]:
    return [letter.state for letter in call.server.accepted]


@pytest.fixture
def batch(call: Caller) -> str:
    """A batch with one letter that leaves in an hour."""
    id_ = call.batch()
    assert call.send(send_at=LATER, batch_id=id_).status == 202
    return id_


def test_past_time_sends_at_once(call: Caller) -> None:
    """A `send_at` that has passed holds nothing back."""
    call.send(send_at=int(NOON) - HOUR)
    assert states(call) == [LetterState.LEFT]


def test_scheduled_letter_waits(call: Caller, batch: str) -> None:
    """A letter with a `send_at` leaves then, and not before."""
    call.server.advance(HOUR - 1)
    assert states(call) == [LetterState.SCHEDULED]
    call.server.advance(1)
    assert states(call) == [LetterState.LEFT]
    assert call.server.left()[0].settled_at == LATER


def test_personalization_has_its_own_time(call: Caller) -> None:
    """A personalization's `send_at` goes over the request's."""
    one = {"to": [{"email": "r@example.org"}]}
    call.send(personalizations=[one, one | {"send_at": LATER}])
    assert states(call) == [LetterState.LEFT, LetterState.SCHEDULED]


def test_batch_id_is_valid_once_made(call: Caller) -> None:
    """A batch id that was made here is valid, before anything uses it."""
    id_ = call.batch()
    answer = call("GET", f"/v3/mail/batch/{id_}")
    assert (answer.status, answer.json) == (200, {"batch_id": id_})


def test_unknown_batch_id_is_invalid(call: Caller) -> None:
    """A batch id that was never made is answered with 400."""
    assert call("GET", "/v3/mail/batch/made-up").messages == ["invalid batch id"]


def test_batch_id_lives_ten_days(call: Caller) -> None:
    """After ten days a batch id is unknown, and so is its cancelling."""
    id_ = call.batch()
    call.hold(id_)
    call.server.advance(ID_SECONDS)
    assert call("GET", f"/v3/mail/batch/{id_}").status == 400
    assert call("GET", "/v3/user/scheduled_sends").json == []


def test_cancelled_letter_never_leaves(call: Caller, batch: str) -> None:
    """A cancelled batch stays in the queue and is discarded at its time."""
    answer = call.hold(batch)
    assert (answer.status, answer.json) == (201, {"batch_id": batch, "status": "cancel"})
    assert states(call) == [LetterState.SCHEDULED]
    call.server.advance(HOUR)
    assert states(call) == [LetterState.CANCELLED]


def test_cancel_ten_minutes_ahead_is_in_time(call: Caller, batch: str) -> None:
    """Ten minutes before its time a batch can still be cancelled."""
    call.server.advance(HOUR - CANCEL_SECONDS)
    call.hold(batch)
    call.server.advance(HOUR)
    assert states(call) == [LetterState.CANCELLED]


def test_later_cancel_is_too_late(call: Caller, batch: str) -> None:
    """A cancel that comes later is answered as usual, and the letters leave."""
    call.server.advance(HOUR - CANCEL_SECONDS + 1)
    assert call.hold(batch).status == 201
    call.server.advance(HOUR)
    assert states(call) == [LetterState.LEFT]


def test_letter_after_the_cancel_is_held_too(call: Caller, batch: str) -> None:
    """A request that comes late to a cancelled batch is discarded with it, if ten minutes are left."""
    call.hold(batch)
    assert call.send(send_at=LATER, batch_id=batch).status == 202
    call.server.advance(HOUR)
    assert states(call) == [LetterState.CANCELLED, LetterState.CANCELLED]


def test_deleted_cancel_lets_letters_leave(call: Caller, batch: str) -> None:
    """Where a cancel is deleted in time, the letters leave as they were."""
    call.hold(batch)
    assert call("DELETE", f"/v3/user/scheduled_sends/{batch}").status == 204
    call.server.advance(HOUR)
    assert states(call) == [LetterState.LEFT]


def test_paused_letter_leaves_when_resumed(call: Caller, batch: str) -> None:
    """A paused letter is kept past its time and leaves when the pause is deleted."""
    call.hold(batch, "pause")
    call.server.advance(2 * HOUR)
    assert states(call) == [LetterState.SCHEDULED]
    call("DELETE", f"/v3/user/scheduled_sends/{batch}")
    assert states(call) == [LetterState.LEFT]
    assert call.server.left()[0].settled_at == NOON + 2 * HOUR


def test_paused_letter_expires(call: Caller, batch: str) -> None:
    """72 hours after its time a paused letter is discarded."""
    call.hold(batch, "pause")
    call.server.advance(HOUR + PAUSE_SECONDS)
    assert states(call) == [LetterState.EXPIRED]


def test_pause_becomes_a_cancel(call: Caller, batch: str) -> None:
    """PATCH makes a cancel of a pause."""
    call.hold(batch, "pause")
    assert call("PATCH", f"/v3/user/scheduled_sends/{batch}", {"status": "cancel"}).status == 204
    assert call("GET", f"/v3/user/scheduled_sends/{batch}").json == [{"batch_id": batch, "status": "cancel"}]
    call.server.advance(HOUR)
    assert states(call) == [LetterState.CANCELLED]


def test_second_status_is_refused(call: Caller, batch: str) -> None:
    """A batch that is cancelled already is answered with 400."""
    call.hold(batch)
    assert call.hold(batch).status == 400


def test_eleventh_batch_is_refused(call: Caller) -> None:
    """Ten batches are held at a time; the eleventh is answered with 400 until one is let go."""
    ids = [call.batch() for _ in range(HELD_AT_MOST + 1)]
    assert [call.hold(id_).status for id_ in ids] == [201] * HELD_AT_MOST + [400]
    call("DELETE", f"/v3/user/scheduled_sends/{ids[0]}")
    assert call.hold(ids[-1]).status == 201


def test_unheld_batch_is_not_listed(call: Caller, batch: str) -> None:
    """A batch that is neither cancelled nor paused has an empty list."""
    assert call("GET", f"/v3/user/scheduled_sends/{batch}").json == []


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_unheld_batch_cannot_be_changed(call: Caller, batch: str, method: str) -> None:
    """What is neither cancelled nor paused can be neither changed nor resumed."""
    assert call(method, f"/v3/user/scheduled_sends/{batch}", {"status": "pause"}).status == 404


def test_invalid_hold_is_refused(call: Caller, batch: str) -> None:
    """A batch that was never made, or a status that is none, is answered with 400."""
    assert call.hold("made-up").messages == ["invalid batch id"]
    assert call.hold(batch, "stop").status == 400
