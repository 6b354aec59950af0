"""What a plan shows of its letters, counted as they come by."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from newsletter.people import is_reserved

_SAMPLES = 2  # of each edition


@dataclass
class Counting:
    """Letters by edition and member, with the first few names; those who are left out by reason."""

    editions: Counter[str] = field(default_factory=Counter)  # edition → letters that wait
    members: Counter[str] = field(default_factory=Counter)  # member → letters that wait
    excluded: Counter[str] = field(default_factory=Counter)  # reason → people
    samples: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))  # edition → names
    reserved: int = 0  # letters that wait to addresses that are examples

    def leave_out(self, reason: str) -> None:
        """Count somebody who gets no letter."""
        self.excluded[reason] += 1

    def add(self, edition: str, member: str, name: str, address: str) -> None:
        """Count a letter that waits."""
        self.editions[edition] += 1
        self.members[member] += 1
        self.reserved += is_reserved(address)
        if self.editions[edition] <= _SAMPLES:
            self.samples[edition].append(name or address)

    @property
    def candidates(self) -> int:
        """All who were counted."""
        return self.editions.total() + self.excluded.total()

    def chunks(self, size: int) -> int:
        """Into how many chunks of an edition each the letters are cut."""
        return sum(-(-number // size) for number in self.editions.values())
