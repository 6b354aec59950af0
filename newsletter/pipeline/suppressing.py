"""``people suppress``: who is not to be written to, and who may be again.

What a person decided only the person takes back; a bounce may be lifted with a reason, and is tried again
when a list gives the person a mandate at another member.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from newsletter.errors import InputError, UsageError
from newsletter.model.people import Change, ImportPlan, Recipient, Suppression
from newsletter.ports import Clock, Suppressions

COMMAND = "people suppress"
_ERASE = "newsletter people erase ADRESS --confirm ADRESS"
_NEW_MANDATE = "nytt uppdrag hos {}, enligt listan {}"


def suppress(
    address: str, reason: Suppression, *, source: str, suppressions: Suppressions, clock: Clock
) -> Suppression:
    """Never write to the address again; the reason that stands. Raises UsageError or InputError."""
    refuse_no_address(address)
    if reason is Suppression.ERASED:
        raise UsageError(
            "En radering görs inte med people suppress.",
            why="Den tar också bort det som är sparat om personen.",
            do=f"Kör {_ERASE}",
        )
    suppressions.suppress(address, reason, at=clock.now(), source=source, command=COMMAND)
    return suppressions.why(address) or reason


def lift(
    address: str, *, reason: str, confirmed_by_person: str, suppressions: Suppressions, clock: Clock
) -> Suppression:
    """Allow letters to the address again; why there were none.

    Raises UsageError where no reason is given, where nothing is to be lifted, and where the person decided it
    and has not taken it back.
    """
    refuse_no_address(address)
    standing = suppressions.why(address)
    _refuse_nothing(address, standing, reason)
    assert standing is not None  # refused above
    if standing.is_the_persons_own and not confirmed_by_person.strip():
        raise UsageError(
            "Spärren är personens egen och hävs bara av personen.",
            why=f"Skälet är ”{standing.value}”. Ingen lista och ingen annan kan ta tillbaka det.",
            do='Har personen själv sagt till? Lägg till --confirmed-by-person "hur och när".',
        )
    confirmed = (
        f" (bekräftat av personen: {confirmed_by_person.strip()})" if confirmed_by_person.strip() else ""
    )
    why = reason.strip() + confirmed
    suppressions.lift(address, at=clock.now(), why=why, command=COMMAND)
    return standing


def retry_bounced(
    plan: ImportPlan,
    before: Callable[[Recipient], Recipient | None],
    *,
    suppressions: Suppressions,
    clock: Clock,
    command: str,
) -> int:
    """Lift the bounce of those to whom the list gives a mandate at another member; how many."""
    lifted = 0
    for change, one in plan.changes:
        members = _new_members(before(one), one) if change is Change.CHANGED else ()
        if members and suppressions.why(one.address) is Suppression.BOUNCED:
            why = _NEW_MANDATE.format(", ".join(members), plan.list)
            suppressions.lift(one.address, at=clock.now(), why=why, command=command)
            lifted += 1
    return lifted


def _new_members(old: Recipient | None, new: Recipient) -> Iterable[str]:
    known = {held.member for held in old.mandates} if old else set()
    return (
        tuple(dict.fromkeys(held.member for held in new.mandates if held.member not in known)) if old else ()
    )


def refuse_no_address(address: str) -> None:
    """Raise InputError where the text can be no address."""
    local, at, domain = address.strip().rpartition("@")
    if not (at and local and domain):
        raise InputError(
            f"”{address}” är ingen e-postadress.",
            do="Skriv hela adressen, till exempel anna@forening.example",
        )


def _refuse_nothing(address: str, standing: Suppression | None, reason: str) -> None:
    if not reason.strip():
        raise UsageError(
            "Skälet saknas.",
            why="Varför en spärr hävs står i loggen över ändringar.",
            do='Skriv --reason "…", till exempel --reason "ny e-postserver, adressen finns igen".',
        )
    if standing is None:
        raise UsageError(
            f"{address.strip()} är inte spärrad.",
            do="Inget behöver hävas. Kontrollera stavningen om du väntade dig det.",
        )
