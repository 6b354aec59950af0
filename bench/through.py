"""A planned sending of one edition, carried out as `newsletter send` does it, for the benches."""

from __future__ import annotations

import time
from collections.abc import Mapping

from newsletter import send
from newsletter.edges import store
from newsletter.edges.clock import SystemClock
from newsletter.model.delivery import Sending
from newsletter.model.letter import Letter
from newsletter.model.people import Member
from newsletter.pipeline.batching import Batching
from newsletter.pipeline.delivering import Delivering
from newsletter.pipeline.parcels import Parcels
from newsletter.pipeline.settling import Settling
from newsletter.ports import Mailer


def delivered(
    sending: Sending,
    letter: Letter,
    mailer: Mailer,
    state: store.Store,
    *,
    members: Mapping[str, Member] | None = None,
    batching: Batching | None = None,
) -> float:
    """The seconds from the first claim to the last close. Raises SystemExit where anybody is left."""
    clock = SystemClock()
    delivering = Delivering(
        sending=sending,
        parcels=Parcels(
            letters={letter.edition: letter},
            templates={letter.edition: send.template(letter)},
            members=members or {},
            mailbox="avsluta@bergslaget.example",
            carries=mailer.features.carries,
            bounces=send.Bounces(),
            suppressions=state.suppressions,
            screened=state.suppressions.changes(),
            clock=clock,
        ),
        ledger=state.ledger,
        book=state.book,
        steering=state.steering,
        mailer=mailer,
        clock=clock,
        settling=Settling(sending, state.ledger, state.book, mailer, clock, batching),
        batching=batching,
    )
    begun = time.perf_counter()
    delivering.run(lambda done, total: None)
    seconds = time.perf_counter() - begun
    counts = state.book.equation(sending.id)
    if counts.accepted != counts.candidates:
        raise SystemExit(f"the ledger ended as {counts}")
    return seconds
