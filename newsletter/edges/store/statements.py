"""What runs for every chunk, and for every letter of it: compiled once, run by the driver itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, bindparam, func, literal_column, or_, select, update

from newsletter.edges.store.database import Quick
from newsletter.edges.store.schema import batch, chunk, delivery, sending
from newsletter.model.delivery import DeliveryState
from newsletter.model.transport import BatchState

Given = BindParameter[Any]

_WAITING = DeliveryState.WAITING.value
_ATTEMPTING = DeliveryState.ATTEMPTING.value
_UNKNOWN = DeliveryState.UNKNOWN.value
OUTCOME: Mapping[str, ColumnElement[Any]] = {
    "state": bindparam("to"),
    "reason": bindparam("words"),
    "settled_at": bindparam("when"),
    "deferrals": delivery.c.deferrals + bindparam("put_off"),
}

_OF: Given = bindparam("sending")
_AT: Given = bindparam("at")
_NUMBER: Given = bindparam("number")
_WHICH = (chunk.c.sending == _OF, chunk.c.number == _NUMBER)
_HANDED_OUT = delivery.c.claim == bindparam("handed")
_OWN = (delivery.c.id == bindparam("known"), _HANDED_OUT)
_MAY_STILL_MOVE = or_(delivery.c.state == _ATTEMPTING, delivery.c.state == _UNKNOWN)
STATE = Quick(select(sending.c.state).where(sending.c.id == _OF))
STATE_WITH = Quick(
    select(sending.c.state)
    .join(batch, batch.c.sending == sending.c.id)
    .where(sending.c.id == _OF, batch.c.id == bindparam("batch"), batch.c.state == BatchState.OPEN.value)
)
NEXT = Quick(
    select(chunk.c.number)
    .where(
        chunk.c.sending == _OF,
        chunk.c.state == "waiting",
        # Handed out last in what is now the future: the clock was set back, and what is due by it is not.
        or_(chunk.c.due.is_(None), chunk.c.due <= _AT, chunk.c.claimed_at > _AT),
    )
    .order_by(chunk.c.number)
    .limit(literal_column("1"))
)
CLAIM = Quick(
    update(chunk).where(*_WHICH, chunk.c.state == "waiting").values(state="claimed", claimed_at=_AT, due=None)
)
# For a statement that could fail after some of its rows SQLite keeps each page aside, in a file that it makes
# anew; one that takes the whole transaction back with it needs none, and so do we where anything fails.
_MANY = update(delivery).prefix_with("OR ROLLBACK", dialect="sqlite")
ATTEMPT = Quick(
    _MANY.where(delivery.c.sending == _OF, delivery.c.chunk == _NUMBER, delivery.c.state == _WAITING).values(
        state=_ATTEMPTING,
        attempt=delivery.c.attempt + 1,
        batch=bindparam("name"),
        claim=bindparam("handed"),
    )
)
ATTEMPTED = Quick(  # as one text: row by row, each would be a turn for Python's other threads
    select(func.json_group_array(func.json_array(*delivery.c))).where(
        delivery.c.sending == _OF,
        delivery.c.chunk == _NUMBER,
        delivery.c.state == _ATTEMPTING,
        _HANDED_OUT,
    )
)
KNOWN = Quick(update(delivery).where(*_OWN, _MAY_STILL_MOVE).values(OUTCOME))
ALL_OF_IT = Quick(  # where every letter of a hand-out ended alike, as those of one request do
    _MANY.where(delivery.c.sending == _OF, delivery.c.chunk == _NUMBER, _HANDED_OUT, _MAY_STILL_MOVE).values(
        OUTCOME
    )
)
LOST = Quick(update(delivery).where(*_OWN, delivery.c.state == _ATTEMPTING).values(OUTCOME))
CLOSE = Quick(  # not where settled rows have opened it again meanwhile
    update(chunk).where(*_WHICH, chunk.c.state == "claimed").values(state="closed", closed_at=_AT)
)
ANY_OPEN = Quick(
    select(chunk.c.number)
    .where(chunk.c.sending == _OF, or_(chunk.c.state == "waiting", chunk.c.state == "claimed"))
    .limit(literal_column("1"))
)
