"""The ledger's nouns as rows, and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from newsletter.edges.store.database import Values
from newsletter.model.delivery import Delivery, DeliveryState, Sending, SendingState


def sending_values(one: Sending) -> Values:
    """A sending as a row, with no candidate counted yet."""
    return {
        "id": one.id,
        "issue": one.issue,
        "digest": one.digest,
        "transport": one.transport,
        "mode": one.mode,
        "planned_at": one.planned_at,
        "state": one.state.value,
        "leaves_at": one.leaves_at,
        "paused": one.paused,
        "corrects": one.corrects,
        "screened": one.screened,
        "titles": dict(one.titles),
        "topics": dict(one.topics),
        "links": dict(one.links),
        "editions": {edition: list(blocks) for edition, blocks in one.editions.items()},
        "candidates": 0,
    }


def sending(row: Row[Any]) -> Sending:
    """A sending from its row."""
    return Sending(
        id=row.id,
        issue=row.issue,
        digest=row.digest,
        transport=row.transport,
        mode=row.mode,
        planned_at=row.planned_at,
        state=SendingState(row.state),
        leaves_at=row.leaves_at,
        paused=row.paused,
        corrects=row.corrects,
        screened=row.screened,
        titles=row.titles,
        topics=row.topics,
        links=row.links,
        editions={edition: tuple(blocks) for edition, blocks in row.editions.items()},
    )


def delivery_values(one: Delivery) -> Values:
    """A delivery as a row."""
    return {
        "id": one.id,
        "sending": one.sending,
        "recipient": one.recipient,
        "address": one.address,
        "name": one.name,
        "edition": one.edition,
        "member": one.member,
        "county": one.county,
        "reader_group": one.group,
        "chunk": one.chunk,
        "state": one.state.value,
        "reason": one.reason,
        "settled_at": one.settled_at,
        "attempt": one.attempt,
        "notice": one.notice,
        "batch": one.batch,
        "deferrals": one.deferrals,
        "claim": one.claim,
    }


def delivery(row: Sequence[Any]) -> Delivery:
    """A delivery from its row, whose first columns are the noun's fields in their order.

    By place, because a sending reads them all before it goes on, and by name that takes three times as long.
    """
    values = [*row[:_FIELDS]]
    values[_STATE] = _STATES[values[_STATE]]
    return Delivery._make(values)


_STATES = {state.value: state for state in DeliveryState}
_STATE = Delivery._fields.index("state")
_FIELDS = len(Delivery._fields)
