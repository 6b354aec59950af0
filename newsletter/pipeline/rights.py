"""``people export``, ``erase``, ``log``, ``tidy``: what a person may ask for, and what is kept no longer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from newsletter.errors import ConfirmationNeeded, InputError, UsageError
from newsletter.model.people import address_key
from newsletter.model.rights import Erased, Held, LogEntry, Retention
from newsletter.model.settings import Privacy, Settings
from newsletter.people.extract import extract_html, extract_json
from newsletter.pipeline.suppressing import refuse_no_address
from newsletter.ports import Clock, LetterFiles, Rights, SenderLock, Workspace

ERASE, TIDY = "people erase", "people tidy"
_PLACES = ("subscribers", "events", "exports")  # where the association's own files with addresses may lie


@dataclass(frozen=True, slots=True)
class Erasure:
    """What was forgotten, or would be."""

    held: Held
    erased: Erased
    files: int  # letters in the outbox
    left: tuple[str, ...]  # the workspace's own files in which the address stands


def held(address: str, *, rights: Rights) -> Held:
    """All that is held. Raises InputError where it is nothing."""
    refuse_no_address(address)
    found = rights.held(address.strip())
    if found.is_empty:
        raise InputError(
            f"Inget är sparat om {address.strip()}.",
            why="Adressen står inte på någon lista, i något brev eller bland de spärrade.",
            do="Kontrollera stavningen. Har personen fler adresser, fråga om var och en.",
        )
    return found


def extract(
    address: str, *, rights: Rights, clock: Clock, settings: Settings
) -> tuple[Held, Mapping[str, bytes]]:
    """All that is held, and the files that say so: JSON and a page."""
    found, now, ours = held(address, rights=rights), clock.now(), settings.association
    zone = ZoneInfo(ours.timezone)
    page = extract_html(found, association=ours.name, contact=ours.contact, at=now, zone=zone)
    data = extract_json(found, association=ours.name, at=now)
    return found, {"utdrag.html": page.encode(), "utdrag.json": data.encode()}


def log(address: str, *, rights: Rights) -> Sequence[LogEntry]:
    """Every change to the person: what, when, why and by which command."""
    return held(address, rights=rights).log


def erase(
    address: str,
    *,
    confirm: str,
    rights: Rights,
    letters: LetterFiles,
    lock: SenderLock,
    clock: Clock,
    workspace: Workspace,
    on_plan: Callable[[Held], None],
    afterwards: Callable[[], object],
) -> Erasure:
    """Show what is held, and with `confirm` equal to the address forget it.

    First the letters' files, then the database: whoever is interrupted between the two does it again.
    `afterwards` removes stray copies and makes a backup without the person. Raises ConfirmationNeeded, and
    Busy while a sending is under way.
    """
    refuse_no_address(address)
    found = rights.held(address.strip())
    on_plan(found)
    _refuse_unconfirmed(address.strip(), confirm)
    with lock:
        addresses = {found.address, *(one.delivery.address for one in found.letters)}
        files = letters.forget([one.delivery.id for one in found.letters], addresses)
        done = rights.erase(found.address, at=clock.now(), command=ERASE)
        afterwards()
    return Erasure(found, done, files, _left(workspace, found))


def tidy(*, confirm: bool, rights: Rights, clock: Clock, privacy: Privacy) -> Retention:
    """What has been kept as long as the settings allow; with `confirm` it is removed."""
    now = clock.now()
    if confirm:
        return rights.tidy(**_bounds(now, privacy), at=now, command=TIDY)
    return rights.due(**_bounds(now, privacy))


def _bounds(now: datetime, privacy: Privacy) -> dict[str, datetime]:
    return {
        "events_before": now - timedelta(days=privacy.raw_events_days),
        "letters_before": now - timedelta(days=privacy.letters_days),
        "unlisted_before": now - timedelta(days=privacy.unlisted_days),
    }


def _left(workspace: Workspace, found: Held) -> tuple[str, ...]:
    """The association's own files that still name the address: only their owner may change them."""
    wanted = found.address.casefold()
    names = [path for place in _PLACES for path in workspace.names(place)]
    return tuple(
        path for path in names if wanted in workspace.read(path).decode("utf-8", "replace").casefold()
    )


def _refuse_unconfirmed(address: str, confirm: str) -> None:
    if address_key(confirm) == address_key(address):
        return
    if confirm:
        raise UsageError(f"”{confirm}” är inte adressen. Inget är raderat.", do=f"Skriv --confirm {address}")
    raise ConfirmationNeeded(
        "Inget är raderat.",
        why="En radering går inte att ta tillbaka.",
        do=f"Kör newsletter people erase {address} --confirm {address}",
    )
