"""Who of the candidates is not written to, asked of many at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from newsletter.model.delivery import Exclusion
from newsletter.model.mandates import Calendar
from newsletter.model.people import Recipient, Suppression
from newsletter.ports import Suppressed

_BATCH = 1000


class Screening:
    """Lets candidates by, and knows of the one who went by last why nothing is sent to him."""

    def __init__(self, suppressions: Suppressed, calendar: Calendar, *, mandates_count: bool = True) -> None:
        self._suppressions, self._calendar = suppressions, calendar
        self._mandates_count = mandates_count
        self._known: Mapping[str, Suppression] = {}

    def each(self, candidates: Iterable[Recipient]) -> Iterator[Recipient]:
        """The candidates, one at a time; of a thousand at a time it is asked who is suppressed."""
        waiting = iter(candidates)
        while batch := list(islice(waiting, _BATCH)):
            self._known = self._suppressions.among([one.address for one in batch])
            yield from batch

    def why(self, one: Recipient) -> Exclusion | None:
        """The reason, or None. What a person said goes before what became of his mandates."""
        said = self._known.get(one.address)
        if said is not None:
            return Exclusion(said.value)
        ended = self._mandates_count and self._calendar.has_left_office(one)
        return Exclusion.ENDED if ended else None
