"""Who is to get what, and who got it: every change one committed transaction.

    chunk:     waiting -> claimed -> closed          rows that never left open it again
    delivery:  waiting -> attempting -> accepted | rejected | cancelled | unknown
               attempting -> waiting (deferred: the transport says that it did not leave)
               unknown -> accepted | rejected | cancelled (by settle, or by its own attempt)
               unknown -> waiting (only by settle)
               accepted -> waiting | cancelled (only by recall: :mod:`~newsletter.edges.store.batches`)

That a state never moves backwards stands in the WHERE of each UPDATE, so no reader's timing matters.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, bindparam, exists, select, update

from newsletter.edges.store import planning, rows, statements
from newsletter.edges.store.database import Database, Values
from newsletter.edges.store.schema import chunk, delivery, microseconds, sending
from newsletter.model.delivery import Chunk, Delivery, DeliveryState, Sending, SendingState
from newsletter.model.transport import Answer, Outcome

_WAITING = DeliveryState.WAITING.value
_ATTEMPTING = DeliveryState.ATTEMPTING.value
_UNKNOWN = DeliveryState.UNKNOWN.value
GOING = (SendingState.PLANNED.value, SendingState.SENDING.value)  # where chunks are claimed
_NO_ANSWER = Answer(Outcome.UNKNOWN)


class StoredLedger:
    """The Ledger port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def plan(self, sending: Sending, deliveries: Iterable[Delivery]) -> Sending:
        """Write a row for each candidate, all or none; one that the issue has already is given instead.

        The deliveries are taken a batch at a time. Raises StateError where a recipient comes twice.
        """
        return planning.plan(self._database, sending, deliveries)

    def claim(self, sending: str, at: datetime, batch: str = "") -> Chunk | None:
        """The next due chunk with waiting rows, these committed as attempting; None when none is left.

        Only rows that this claim made attempting are in it. None as well where the sending is paused or
        cancelled, or the batch is not open.
        """
        with self._database.writing() as connection:
            state = _state(connection, sending, batch)
            if state not in GOING:
                return None
            while (number := _next(connection, sending, at)) is not None:
                taken = _take(connection, sending, number, at, batch)
                if taken:
                    if state == SendingState.PLANNED.value:
                        move(connection, sending, SendingState.PLANNED, SendingState.SENDING)
                    return Chunk(sending, number, taken, at)
            finish(connection, sending)
        return None

    def close(
        self, chunk: Chunk, answers: Mapping[str, Answer], at: datetime, due: datetime | None = None
    ) -> None:
        """Write a chunk's outcomes; an attempting row without an answer becomes unknown.

        An attempt may settle its own unknown, where another process took it for dead; it can no
        longer say anything of a row that was handed out anew. Answers for other rows are left aside.
        A deferred row waits again, and its chunk is claimed anew when it is `due`; where the sending was
        cancelled meanwhile, the row is cancelled too.
        """
        told = [answers.get(one.id, _NO_ANSWER) for one in chunk.deliveries]
        with self._database.writing() as connection:
            _write(connection, chunk, told, at)
            statements.CLOSE.run(connection, sending=chunk.sending, number=chunk.number, at=microseconds(at))
            if any(answer.outcome is Outcome.DEFERRED for answer in told):
                reopen(connection, chunk.sending, at, due, number=chunk.number)
            finish(connection, chunk.sending)

    def settle(self, sending: str, answers: Mapping[str, Answer | None], at: datetime) -> None:
        """Write what asking gave for unknown rows: an answer; None: it never left, so it waits again.

        It waits under the same id, which is right where a repeat writes the same file (the outbox);
        `attempt` tells how often it was handed out. Rows that are not unknown stay as they are.
        """
        known = [_settled(id, answer, at) for id, answer in answers.items() if answer is not None]
        never_left = [id for id, answer in answers.items() if answer is None]
        with self._database.writing() as connection:
            _settle(connection, sending, [row for row in known if row["to"] != _UNKNOWN])
            _settle(connection, sending, [_settled(id, None, at) for id in never_left])
            reopen(connection, sending, at)
            finish(connection, sending)


def _state(connection: Connection, id: str, name: str) -> str:
    """Where the sending stands, if the batch is open or there is none; else nothing."""
    found = (
        statements.STATE_WITH.run(connection, sending=id, batch=name)
        if name
        else statements.STATE.run(connection, sending=id)
    )
    row = found.fetchone()
    return str(row[0]) if row else ""


def _next(connection: Connection, id: str, at: datetime) -> int | None:
    row = statements.NEXT.run(connection, sending=id, at=microseconds(at)).fetchone()
    return int(row[0]) if row else None


def _take(connection: Connection, id: str, number: int, at: datetime, name: str) -> tuple[Delivery, ...]:
    """The chunk's waiting rows, now attempting; none where another sender was quicker."""
    if statements.CLAIM.run(connection, sending=id, number=number, at=microseconds(at)).rowcount != 1:
        return ()
    handed = secrets.token_hex(8)
    statements.ATTEMPT.run(connection, sending=id, number=number, name=name, handed=handed)
    (text,) = statements.ATTEMPTED.run(connection, sending=id, number=number, handed=handed).fetchone()
    taken = sorted(map(rows.delivery, orjson.loads(text)), key=attrgetter("id"))
    if not taken:
        statements.CLOSE.run(connection, sending=id, number=number, at=microseconds(at))
    return tuple(taken)


def finish(connection: Connection, id: str, end: SendingState = SendingState.DONE) -> None:
    """Call the sending done, or cancelled, when no row is waiting, attempting or unknown."""
    if statements.ANY_OPEN.run(connection, sending=id).fetchone():
        return  # Asked first, and of few rows: this runs after every chunk of a long sending.
    open_row = exists().where(
        delivery.c.sending == id, delivery.c.state.in_((_WAITING, _ATTEMPTING, _UNKNOWN))
    )
    for state in (SendingState.PLANNED, SendingState.SENDING):
        move(connection, id, state, end, ~open_row)


def move(
    connection: Connection, id: str, old: SendingState, new: SendingState, *where: ColumnElement[bool]
) -> bool:
    """Move the sending on from one state, where that holds; whether it did."""
    moved = update(sending).where(sending.c.id == id, sending.c.state == old.value, *where)
    return connection.execute(moved.values(state=new.value)).rowcount == 1


def _write(connection: Connection, chunk: Chunk, told: Sequence[Answer], at: datetime) -> None:
    """Move the rows on, where they are still in the same hand-out."""
    first = told[0]
    if first.outcome is not Outcome.UNKNOWN and told.count(first) == len(told):
        values = _closed(chunk.deliveries[0], first, at)
        statements.ALL_OF_IT.run(connection, sending=chunk.sending, number=chunk.number, **values)
        return
    outcomes = list(zip(chunk.deliveries, told, strict=True))
    lost = [_closed(one, answer, at) for one, answer in outcomes if answer.outcome is Outcome.UNKNOWN]
    known = [_closed(one, answer, at) for one, answer in outcomes if answer.outcome is not Outcome.UNKNOWN]
    statements.KNOWN.run_many(connection, known)
    statements.LOST.run_many(connection, lost)


def _closed(one: Delivery, answer: Answer, at: datetime) -> Values:
    """The values in the form that the driver keeps."""
    values = _settled(one.id, answer, at)
    when = microseconds(at) if values["when"] else None
    return {**values, "handed": one.claim, "when": when}


def _settled(id: str, answer: Answer | None, at: datetime) -> Values:
    values: dict[str, Any] = {"known": id, "words": answer.words if answer else "", "put_off": 0}
    if answer and answer.outcome is Outcome.UNKNOWN:
        return values | {"to": _UNKNOWN, "when": None}
    if answer is None or answer.outcome is Outcome.DEFERRED:
        return values | {"to": _WAITING, "when": None, "put_off": int(bool(values["words"]))}
    return values | {"to": answer.outcome.value, "when": at}


def _settle(connection: Connection, id: str, outcomes: Sequence[Values]) -> None:
    if not outcomes:
        return
    moved = update(delivery).where(
        delivery.c.id == bindparam("known"), delivery.c.sending == id, delivery.c.state == _UNKNOWN
    )
    connection.execute(moved.values(statements.OUTCOME), outcomes)


def reopen(
    connection: Connection, id: str, at: datetime, due: datetime | None = None, *, number: int | None = None
) -> None:
    """Open the chunks that have waiting rows again; of a cancelled sending, cancel these instead."""
    if not _is_cancelled(connection, id):
        waiting = exists().where(
            delivery.c.sending == id, delivery.c.chunk == chunk.c.number, delivery.c.state == _WAITING
        )
        opened = update(chunk).where(chunk.c.sending == id, chunk.c.state != "waiting", waiting)
        if number is not None:
            opened = opened.where(chunk.c.number == number)
        connection.execute(opened.values(state="waiting", due=due))
        return
    take_back(connection, id, at)


def close_left(connection: Connection, id: str, at: datetime) -> None:
    """Close the claimed chunks that have no attempting row any more."""
    attempting = exists().where(
        delivery.c.sending == id, delivery.c.chunk == chunk.c.number, delivery.c.state == _ATTEMPTING
    )
    left = update(chunk).where(chunk.c.sending == id, chunk.c.state == "claimed", ~attempting)
    connection.execute(left.values(state="closed", closed_at=at))


def take_back(connection: Connection, id: str, at: datetime) -> int:
    """Cancel every row that waits; how many."""
    waiting = update(delivery).where(delivery.c.sending == id, delivery.c.state == _WAITING)
    open_chunks = update(chunk).where(chunk.c.sending == id, chunk.c.state == "waiting")
    connection.execute(open_chunks.values(state="closed", closed_at=at))
    values = {"state": DeliveryState.CANCELLED.value, "settled_at": at}
    return connection.execute(waiting.values(values)).rowcount


def _is_cancelled(connection: Connection, id: str) -> bool:
    query = select(sending.c.state).where(sending.c.id == id)
    return connection.execute(query).scalar() == SendingState.CANCELLED.value
