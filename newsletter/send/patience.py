"""How long to wait before something is tried again, and when to give up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from newsletter.model.delivery import Delivery
from newsletter.model.transport import Answer, Outcome

# A server that lists senders grey wants a few minutes (RFC 6647, section 2.3); one that is full, longer.
_AFTER_DEFERRAL = (60, 300, 900, 1800)  # seconds, by deferrals
_AFTER_FAILURE = (5, 15, 30, 60)  # seconds, by failures in a row


def given_up(rows: Iterable[Delivery], answers: Mapping[str, Answer], tries: int) -> Mapping[str, Answer]:
    """The letters that were put off for the last time: these are rejected, in the transport's words."""
    return {
        row.id: replace(answer, outcome=Outcome.REJECTED, words=f"efter {tries} försök: {answer.words}")
        for row in rows
        if (answer := answers.get(row.id)) is not None
        and answer.outcome is Outcome.DEFERRED
        and answer.words
        and row.deferrals + 1 >= tries
    }


def due(rows: Iterable[tuple[Delivery, Answer]], now: datetime) -> datetime | None:
    """When a chunk with deferred rows is tried again: when the last of them may be; None: at once."""
    waits = [_wait(row, answer) for row, answer in rows if answer.outcome is Outcome.DEFERRED]
    longest = max(waits, default=0.0)
    return now + timedelta(seconds=longest) if longest else None


def after_failure(failures: int) -> float:
    """Seconds to wait after so many failures in a row."""
    return _AFTER_FAILURE[min(failures, len(_AFTER_FAILURE)) - 1]


def _wait(row: Delivery, answer: Answer) -> float:
    if answer.retry_after is not None:
        return answer.retry_after
    return _AFTER_DEFERRAL[min(row.deferrals, len(_AFTER_DEFERRAL) - 1)]
