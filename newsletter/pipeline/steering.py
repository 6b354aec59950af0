"""``pause``, ``cancel`` and ``resolve``: stopping what is under way, and settling what is not known.

pause      no chunk is claimed any more; what was handed over is on its way
cancel     what waits is taken back, and with a provider that holds letters what it still holds
resolve    ask and take back; what nobody can tell, a person may, and until then it is held
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from newsletter.errors import Busy, UsageError
from newsletter.model.delivery import Delivery, DeliveryState, Equation, Sending, SendingState
from newsletter.model.people import address_key
from newsletter.model.transport import Answer, Outcome
from newsletter.pipeline.batching import Batching
from newsletter.pipeline.prepared import refuse_other_transport
from newsletter.pipeline.settling import Settling
from newsletter.ports import Batches, Holding, Ledger, LedgerBook, Mailer, SenderLock, Steering, Timer

_ALL = "alla"
_WAIT_SECONDS = 120  # for another process to finish the chunk that it is at


class Verdict(Enum):
    """What a person says of a letter that nobody else can tell anything of."""

    LEFT = "left"  # it went: the reader says so, or the mail server's log does
    AGAIN = "again"  # it never went, and is to be sent


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """What these need from outside."""

    book: LedgerBook
    ledger: Ledger
    steering: Steering
    batches: Batches
    mailer: Mailer
    lock: SenderLock
    clock: Timer
    window: timedelta
    holding: Holding | None = None

    def batching(self, sending: Sending) -> Batching | None:
        """The sending's batches, where the transport holds letters."""
        if self.holding is None:
            return None
        return Batching(sending, self.holding, self.batches, self.clock, self.window)


@dataclass(frozen=True, slots=True)
class Steered:
    """What was done, and how everything stands after it."""

    sending: Sending
    equation: Equation
    taken_back: int = 0  # letters that will not leave
    unknown: tuple[Delivery, ...] = ()  # what only a person can decide


def pause(issue_id: str, ports: Ports, why: str = "") -> Steered:
    """Claim nothing more. Raises UsageError where nothing is under way."""
    sending = _known(issue_id, ports)
    if not ports.steering.pause(sending.id, why or "Pausat för hand."):
        raise UsageError(
            f"Utskicket {issue_id} går inte att pausa: det är {_STATES[sending.state]}.",
            do=f"Se läget med `newsletter status {issue_id}`. Det som en leverantör ännu håller tas tillbaka "
            f"med `newsletter cancel {issue_id}`.",
        )
    return _steered(issue_id, ports)


def cancel(issue_id: str, ports: Ports) -> Steered:
    """Take back all that has not left. Raises UsageError where there is nothing to take back, and Busy.

    Raises TransportFailed where the provider does not confirm; what waited is cancelled all the same, and
    running it again goes on where it ended.
    """
    sending = _known(issue_id, ports)
    refuse_other_transport(sending, ports.mailer)
    before = ports.book.equation(sending.id)
    ports.steering.cancel(sending.id, ports.clock.now())
    with _lock(ports):
        ports.steering.interrupted(sending.id, ports.clock.now())
        _take_back(sending, ports)
        _settling(sending, ports).settle()
    after = _steered(issue_id, ports)
    taken_back = after.equation.cancelled - before.cancelled
    if not taken_back and not after.unknown and not _was_taken_back(after):
        raise UsageError(
            f"Inget i utskicket {issue_id} går att ta tillbaka.",
            why=f"{after.equation.accepted} brev har redan gått"
            + (f", och {before.cancelled} är redan återtagna." if before.cancelled else "."),
            do=f"En rättelse skickas med `newsletter send {issue_id} --correction FIL`.",
        )
    return Steered(after.sending, after.equation, taken_back, after.unknown)


def _take_back(sending: Sending, ports: Ports) -> None:
    """Every batch that there is time for; one that was done is cancelled too, from the first of them on."""
    batching = ports.batching(sending)
    if batching is None:
        return
    try:
        for batch in ports.batches.of(sending.id):
            batching.recall(batch, DeliveryState.CANCELLED)
    finally:
        ports.steering.cancel(sending.id, ports.clock.now())


def _was_taken_back(after: Steered) -> bool:
    """Whether an earlier run that was interrupted had done it all."""
    return after.sending.state is SendingState.CANCELLED and after.equation.cancelled > 0


def resolve(
    issue_id: str, ports: Ports, verdict: Verdict | None = None, who: Collection[str] = (), why: str = ""
) -> Steered:
    """Settle what can be settled by asking, then what a person says of the rest.

    `who` are addresses or delivery ids, or "alla". Without a verdict nothing is decided: it is held. Raises
    UsageError for somebody whose letter is not unknown, and without a reason; Busy; and TransportFailed.
    """
    sending = _known(issue_id, ports)
    refuse_other_transport(sending, ports.mailer)
    with ports.lock:
        ports.steering.interrupted(sending.id, ports.clock.now())
        _settling(sending, ports).settle()
        if verdict:
            answers = _decided(_unknown(sending, ports), verdict, who, why)
            ports.ledger.settle(sending.id, answers, ports.clock.now())
    return _steered(issue_id, ports)


def _decided(
    unknown: Collection[Delivery], verdict: Verdict, who: Collection[str], why: str
) -> Mapping[str, Answer | None]:
    if not why.strip():
        raise UsageError("Skälet saknas.", do='Skriv --because "hur du vet det".')
    names = {_name(one) for one in who}
    chosen = [row for row in unknown if _ALL in names or not names.isdisjoint(_names(row))]
    known = {name for row in unknown for name in _names(row)}
    if strangers := [one for one in who if _name(one) not in {_ALL, *known}]:
        raise UsageError(
            f"{strangers[0]} har inget brev som är oklart. Inget är ändrat.",
            do="Kör kommandot utan --left och --again för att se vilka som är oklara.",
        )
    answer = Answer(Outcome.ACCEPTED, why.strip()) if verdict is Verdict.LEFT else None
    return {row.id: answer for row in chosen}


def _names(row: Delivery) -> tuple[str, str]:
    return row.id, address_key(row.address)


def _name(said: str) -> str:
    """What a person typed, as the rows have it: an address in the form that counts, else an id."""
    return address_key(said) if "@" in said else said


def _settling(sending: Sending, ports: Ports) -> Settling:
    return Settling(sending, ports.ledger, ports.book, ports.mailer, ports.clock, ports.batching(sending))


def _known(issue_id: str, ports: Ports) -> Sending:
    sending = ports.book.sending(issue_id)
    if sending is None:
        raise UsageError(
            f"{issue_id} är inte planerat, så det finns inget utskick.",
            do=f"Visa planen med `newsletter send {issue_id}`.",
        )
    return sending


def _steered(issue_id: str, ports: Ports) -> Steered:
    sending = _known(issue_id, ports)
    return Steered(sending, ports.book.equation(sending.id), unknown=_unknown(sending, ports))


def _unknown(sending: Sending, ports: Ports) -> tuple[Delivery, ...]:
    return tuple(ports.book.deliveries(sending.id, DeliveryState.UNKNOWN))


@contextmanager
def _lock(ports: Ports) -> Iterator[None]:
    """The sender's lock, when the process that has it has seen that it is to stop."""
    with ExitStack() as stack:
        for _ in range(_WAIT_SECONDS):
            with suppress(Busy):
                stack.enter_context(ports.lock)
                break
            ports.clock.wait(1.0)
        else:
            raise Busy(
                "Utskicket släpper inte taget.",
                why="En annan process skickar ännu. Den har fått veta att den ska sluta, och tar inget nytt.",
                do="Vänta tills den är klar och kör samma kommando igen.",
            )
        yield


_STATES = {
    SendingState.PLANNED: "planerat",
    SendingState.SENDING: "på väg",
    SendingState.PAUSED: "redan pausat",
    SendingState.CANCELLED: "återtaget",
    SendingState.DONE: "klart",
}
