"""``send --test``: every edition to a few addresses, marked [TEST], outside the ledger's count.

Its personal links are dead: nobody leaves a list by looking at a trial, and no row stands for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from newsletter import send as stage
from newsletter.errors import InputError, PartlySent, UsageError
from newsletter.model.delivery import Chunk, Delivery
from newsletter.model.letter import Letter, Mark
from newsletter.model.transport import Answer, Carries, Outcome, Parcel
from newsletter.model.where import Where
from newsletter.people import is_reserved
from newsletter.ports import Clock, Mailer

SEEDS = "seeds"
_MARKED = "[TEST] "
_DEAD = "about:blank#test"
_DOORS = ("List-Unsubscribe", "List-Unsubscribe-Post")


@dataclass(frozen=True, slots=True)
class Tried:
    """One trial letter and what the transport said of it."""

    address: str
    edition: str
    answer: Answer


def addresses(given: Sequence[str], seeds: Sequence[str], *, local: bool) -> tuple[str, ...]:
    """The addresses that a trial goes to, each once; "seeds" stands for those of the settings.

    Raises UsageError for what is no address, and InputError for an example's where the transport is real.
    """
    if SEEDS in given and not seeds:
        raise InputError(
            "Inga provadresser finns.",
            where=Where("newsletter.toml"),
            do='Skriv seeds = ["namn@er-domän.se"] under [sending].',
        )
    wanted = [one for name in given for one in (seeds if name == SEEDS else (name,))]
    for one in wanted:
        if "@" not in one:
            raise UsageError(
                f"”{one}” är ingen adress.", do="Skriv --test namn@domän.se, eller --test seeds."
            )
        if not local and is_reserved(one):
            raise InputError(f"{one} är en exempeladress. Inget har skickats.", do="Skriv en riktig adress.")
        stage.wire_address(one)
    return tuple(dict.fromkeys(wanted))


def trial(
    letters: Sequence[Letter],
    to: Sequence[str],
    *,
    mailer: Mailer,
    clock: Clock,
    new_id: Callable[[], str],
    bounces: stage.Bounces,
) -> Sequence[Tried]:
    """Send each edition to each address, once, and say what became of it. Raises TransportFailed.

    `bounces` is as in the sending: a server that refuses its address there refuses it here.
    """
    tried: list[Tried] = []
    for letter in letters:
        marked = _marked(letter)
        rows = [_row(letter, address, new_id()) for address in to]
        for some in _cut(rows, mailer.features.chunk):
            answers = mailer.attempt(_parcel(marked, some, mailer, clock, bounces))
            told = ((row, answers.get(row.id, Answer(Outcome.UNKNOWN))) for row in some)
            tried += [Tried(row.address, letter.edition, answer) for row, answer in told]
    return tried


def raise_if_partly(tried: Sequence[Tried], issue_id: str) -> None:
    """Raise PartlySent where a trial letter was not accepted."""
    failed = [one for one in tried if one.answer.outcome is not Outcome.ACCEPTED]
    if failed:
        first = failed[0]
        raise PartlySent(
            f"{len(failed)} av {len(tried)} provbrev kom inte iväg.",
            why=f"{first.address}: {first.answer.words or first.answer.outcome.value}",
            do=f"Rätta och försök igen: newsletter send {issue_id} --test {first.address}",
        )


def _marked(letter: Letter) -> Letter:
    headers = {name: value for name, value in letter.headers.items() if name not in _DOORS}
    return replace(letter, subject=_MARKED + letter.subject, headers=headers)


def _row(letter: Letter, address: str, id_: str) -> Delivery:
    """A row of no ledger: it names no recipient."""
    return Delivery(
        id=f"test-{id_}",
        sending="test",
        recipient="",
        address=address,
        name="",
        edition=letter.edition,
        member="",
        county="",
        group="",
        chunk=0,
    )


def _marks() -> Mapping[Mark, str]:
    return {Mark.NAME: "Provläsare", Mark.MEMBER: "Provmedlemmen", Mark.SOURCE: "", Mark.UNSUBSCRIBE: _DEAD}


def _cut(rows: Sequence[Delivery], size: int) -> Iterator[Sequence[Delivery]]:
    for begin in range(0, len(rows), size):
        yield rows[begin : begin + size]


def _parcel(
    letter: Letter, rows: Sequence[Delivery], mailer: Mailer, clock: Clock, bounces: stage.Bounces
) -> Parcel:
    chunk = Chunk("test", 0, tuple(rows), clock.now())
    if mailer.features.carries is Carries.CONTENT:
        return Parcel(chunk, letter, personal={row.id: _marks() for row in rows})
    template = stage.template(letter)
    made = (stage.outgoing(template, row, _marks(), clock.now(), bounces) for row in rows)
    return Parcel(chunk, letter, tuple(made))
