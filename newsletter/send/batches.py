"""Which of a provider's batches a chunk is handed over under.

A batch can be taken back as a whole, until shortly before its letters leave, and a provider lets only so many
be taken back at a time. So a sending opens at most eight: one for each chunk while that suffices, else each
for a group of chunks. The rest stay free for those that have to be taken back because an answer was lost.

Sources: SendGrid, "Canceling/Pausing a Scheduled Send" (at most ten ids at a time; not within ten minutes of
`send_at`), "Scheduling email" (at most 72 hours ahead).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import Enum

from newsletter.model.transport import Batch, BatchState

MOST_OPEN = 8
MOST_RESERVED = 10
LAST_CALL = timedelta(minutes=10)  # before a batch leaves: then nothing can be taken back any more
_CARE = timedelta(minutes=1)  # for the call itself
_LEAST_AHEAD = timedelta(minutes=20)  # a chunk is handed over only where its answer can still be settled
LONGEST_AHEAD = timedelta(hours=71)  # an hour less than the provider's 72
_THROWN_AWAY = timedelta(hours=1)  # after a cancelled batch was due, its letters are surely gone
_TAKEN_BACK = (BatchState.CANCELLING, BatchState.CANCELLED)


class Room(Enum):
    """What to do where no batch fits."""

    OPEN_ONE = "open-one"
    NONE = "none"  # wait until a cancelled batch's letters are thrown away


def batch_for_next(batches: Sequence[Batch], now: datetime) -> Batch | Room:
    """The batch that the next chunk is handed over under, or whether there is room for a new one."""
    usable = [one for one in batches if one.state is BatchState.OPEN and one.leaves_at - now >= _LEAST_AHEAD]
    lightest = min(usable, key=lambda one: one.letters, default=None)
    if lightest and not lightest.letters:
        return lightest  # opened for a chunk that was not there
    if len(usable) < MOST_OPEN and len(_reserved(batches, now)) < MOST_RESERVED:
        return Room.OPEN_ONE
    return lightest or Room.NONE


def leaving(now: datetime, window: timedelta, not_before: datetime | None) -> datetime:
    """When the letters of a batch that is opened now are to leave: whole seconds, never before the window."""
    at = max(now + window, not_before or now)
    return at if at.microsecond == 0 else at.replace(microsecond=0) + timedelta(seconds=1)


def can_be_recalled(batch: Batch, now: datetime) -> bool:
    """Whether there is time to ask the provider to let none of the batch leave; `now` by its own clock."""
    return now + _CARE < batch.leaves_at - LAST_CALL


def was_recalled(batch: Batch, confirmed: datetime) -> bool:
    """Whether a confirmation came so early that the provider vouches for it; by its own clock."""
    return confirmed <= batch.leaves_at - LAST_CALL


def to_release(batches: Sequence[Batch], now: datetime) -> list[Batch]:
    """Cancelled batches whose letters are thrown away by now, so that their names can be given back."""
    gone = now - _THROWN_AWAY
    return [one for one in batches if one.state is BatchState.CANCELLED and one.leaves_at < gone]


def room_again_at(batches: Sequence[Batch]) -> datetime:
    """When the first of the cancelled batches can be given back."""
    return min(one.leaves_at for one in batches if one.state in _TAKEN_BACK) + _THROWN_AWAY


def _reserved(batches: Sequence[Batch], now: datetime) -> list[Batch]:
    """Those that count against the provider's bound now, or would if the whole sending were taken back."""
    return [
        one
        for one in batches
        if one.state in _TAKEN_BACK or (one.state is BatchState.OPEN and now < one.leaves_at - LAST_CALL)
    ]
