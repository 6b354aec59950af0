"""Faults on order, for the local servers: the next ones by name, or a share of all by a seed."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Generic, Protocol, TypeVar


class Ordered(Protocol):
    """A fault that can be ordered."""

    @property
    def times(self) -> int:
        """How often it strikes; 0 is without end."""
        ...

    @property
    def skip(self) -> int:
        """How many occasions that fit it lets pass first."""
        ...


F = TypeVar("F", bound=Ordered)


class Faults(Generic[F]):
    """Which fault strikes when. Threads may ask at once; the oldest order that fits comes first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._orders: list[tuple[F, list[int]]] = []  # each with what is left to skip and to strike
        self._rates: list[tuple[F, float]] = []
        self._random = random.Random(0)
        self.struck: Counter[F] = Counter()  # how often each has struck

    def add(self, *faults: F) -> None:
        """Order these, after those that wait already."""
        with self._lock:
            self._orders += [(fault, [fault.skip, fault.times]) for fault in faults]

    def seeded(self, seed: int, rates: Mapping[F, float]) -> None:
        """From now on let each strike at its rate (0 to 1) of the occasions that fit it.

        The same seed and the same occasions in the same order bring the same faults; `times` and `skip` say
        nothing here.
        """
        with self._lock:
            self._random = random.Random(seed)
            self._rates = list(rates.items())

    def clear(self) -> None:
        """Order nothing more; what has struck stays counted."""
        with self._lock:
            self._orders, self._rates = [], []

    def due(self, fits: Callable[[F], bool]) -> F | None:
        """The fault that strikes on this occasion, if any."""
        if not self._orders and not self._rates:
            return None  # the common case costs nothing
        with self._lock:
            fault = self._from_orders(fits) or self._from_seed(fits)
            if fault is not None:
                self.struck[fault] += 1
            return fault

    def _from_orders(self, fits: Callable[[F], bool]) -> F | None:
        for order in self._orders:
            fault, left = order
            if not fits(fault):
                continue
            if left[0]:
                left[0] -= 1
                continue
            left[1] -= 1
            if left[1] == 0:
                self._orders.remove(order)
            return fault
        return None

    def _from_seed(self, fits: Callable[[F], bool]) -> F | None:
        fitting = [(fault, rate) for fault, rate in self._rates if fits(fault)]
        if not fitting:
            return None
        drawn = self._random.random()
        for fault, rate in fitting:
            if drawn < rate:
                return fault
            drawn -= rate
        return None
