"""``restore``: put a backup back, without forgetting who said no since it was made.

    unpack ─ open ─ catch up ─ mark     in a folder beside; the present state is untouched
    keep the present state aside
    take over                           the old whole, or the new whole

After it nothing is sent before what happened since is known.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from newsletter.errors import StateError, UsageError
from newsletter.model.rights import Since
from newsletter.model.where import Where
from newsletter.ports import Backups, Clock, Continuity, RestoreMark, SenderLock, StatePlace, Unpacked

Opened = Callable[[Path, bytes], AbstractContextManager[Continuity]]


@dataclass(frozen=True, slots=True)
class Present:
    """The state that is to be replaced."""

    key: bytes | None = None  # None: there is none
    since: Since = field(default_factory=Since)
    is_empty: bool = True  # nobody was ever listed, written to or suppressed
    unread: str = ""  # why it cannot be read


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back, and what was carried over."""

    made_at: datetime
    association: str
    suppressions: int  # known by the state that was replaced
    erased: int  # people in the backup who had been erased since
    aside: Path | None  # where the replaced state lies
    unread: str


def restore(
    file: Path,
    *,
    present: Callable[[], Present],
    backups: Backups,
    place: StatePlace,
    opened: Opened,
    lock: SenderLock,
    clock: Clock,
    association: str,
) -> Restored:
    """Put the backup back, or change nothing.

    Raises Busy while a sending is under way, MissingFile, and StateError where the file is damaged, needs
    another key, is another workspace's or a newer program's.
    """
    with lock:
        now = clock.now()
        staged = place.staging()
        found = backups.unpack(file, staged)
        before = present()
        _refuse_other_workspace(found, before, association, file)
        since = before.since if before.key == found.key else Since()
        with opened(found.database, found.key) as state:
            erased = state.catch_up(since, now)
            state.mark_restored(now)
        aside = _kept_aside(before, backups, place, now)
        place.take_over(staged)
    return Restored(found.made_at, found.association, len(since.suppressions), erased, aside, before.unread)


def settle(reason: str, *, mark: RestoreMark, clock: Clock) -> datetime:
    """Allow sending again; when the backup was put back. Raises UsageError where nothing is to be settled."""
    restored_at = mark.restored_at()
    if restored_at is None:
        raise UsageError("Ingen återställning väntar på besked.", do="Inget behöver göras.")
    if not reason.strip():
        raise UsageError("Skälet saknas.", do='Skriv --settled "hur du vet vad som hänt".')
    mark.settle(reason.strip(), clock.now())
    return restored_at


def refuse_unsettled(mark: RestoreMark | None) -> None:
    """Raise StateError where a backup was put back and nobody has said what happened since."""
    restored_at = mark.restored_at() if mark else None
    if restored_at:
        raise StateError(
            f"En säkerhetskopia lades tillbaka {restored_at:%Y-%m-%d}, så inget skickas ännu.",
            why="Den som lämnat listan, eller vars brev gått iväg, sedan kopian gjordes syns inte i den.",
            do="Ta in händelserna med `newsletter events import FIL`, eller kör "
            '`newsletter restore --settled "skäl"`.',
        )


def _kept_aside(before: Present, backups: Backups, place: StatePlace, now: datetime) -> Path | None:
    """The replaced state as a backup or, where it cannot be read, as the files that it is."""
    if before.key is None:
        return None
    if before.unread:
        return place.keep_aside(f"{now:%Y%m%dT%H%M%SZ}")
    return backups.make(now, prune=False).file  # the file that is being restored may be the oldest


def _refuse_other_workspace(found: Unpacked, before: Present, association: str, file: Path) -> None:
    used = before.key is not None and not before.is_empty
    same = before.key == found.key if used else found.association == association
    if not same:
        raise StateError(
            f"Säkerhetskopian hör till en annan arbetsyta ({found.association}).",
            where=Where(str(file)),
            why="Dess nyckel för spärrade adresser är en annan, så de som sagt ifrån här skulle få brev."
            if used
            else f"Den här arbetsytan tillhör {association}.",
            do="Kontrollera att du står i rätt mapp. Ingenting är ändrat.",
        )
