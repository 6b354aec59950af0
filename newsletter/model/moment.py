"""A clock time that a person wrote, as one moment."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from newsletter.errors import UsageError


def moment(text: str, zone: ZoneInfo) -> datetime:
    """The moment in UTC that a clock time such as ``2026-12-01 08:00`` is in the zone.

    Raises UsageError for what is no time, and for one that does not exist or exists twice because the clock
    is put forward or back then.
    """
    try:
        local = datetime.strptime(text.strip().replace("T", " ").replace(".", ":"), "%Y-%m-%d %H:%M")
    except ValueError as error:
        raise UsageError(
            f"”{text}” är ingen tid.", do='Skriv dag och klockslag, till exempel --at "2026-12-01 08:00".'
        ) from error
    early, late = (local.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if early.utcoffset() != late.utcoffset():
        known = early.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == local
        raise UsageError(
            f"Klockan {local:%H.%M} den {local:%Y-%m-%d} finns {'två gånger' if known else 'inte'}.",
            why="Klockan ställs om mellan sommartid och normaltid den natten.",
            do="Välj ett annat klockslag.",
        )
    return early.astimezone(UTC)
