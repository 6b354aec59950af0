"""Intervals for shares and for their differences, and when several comparisons are made at once.

Wilson: E. B. Wilson (1927). Differences: R. G. Newcombe, Statistics in Medicine 17 (1998), method 10.
Several at once: S. Holm (1979).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from statistics import NormalDist

from newsletter.model.figure import Difference, Interval, Rate

LEVEL = 0.95
POWER_Z = 0.84  # 80 % power
_NORMAL = NormalDist()
Z95 = _NORMAL.inv_cdf(0.975)


def wilson(count: int, n: int, z: float = Z95) -> Interval:
    """Wilson's score interval of count among n (at least 1)."""
    p = count / n
    centre = p + z * z / (2 * n)
    half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    return Interval(max(0.0, (centre - half) / scale), min(1.0, (centre + half) / scale))


def rate(count: int, n: int) -> Rate:
    """The share with its 95 % interval."""
    return Rate(count, n, wilson(count, n))


def newcombe(first: tuple[int, int], second: tuple[int, int], z: float = Z95) -> Interval:
    """The interval of first's share less second's, each given as (count, n)."""
    p1, p2 = first[0] / first[1], second[0] / second[1]
    w1, w2 = wilson(*first, z), wilson(*second, z)
    below = sqrt((p1 - w1.low) ** 2 + (w2.high - p2) ** 2)
    above = sqrt((w1.high - p1) ** 2 + (p2 - w2.low) ** 2)
    return Interval(p1 - p2 - below, p1 - p2 + above)


def difference(first: tuple[int, int], second: tuple[int, int]) -> Difference:
    """One share less another, alone."""
    return differences([(first, second)])[0]


def differences(pairs: Sequence[tuple[tuple[int, int], tuple[int, int]]]) -> tuple[Difference, ...]:
    """Several differences at once. Intervals are 95 % each; *certain* is judged by Holm's steps.

    The clearest difference must hold at 95 % shared by all, the next by all but one, and so on; from
    the first that does not hold, none does.
    """
    order = sorted(range(len(pairs)), key=lambda i: (-_clarity(*pairs[i]), i))
    certain = [False] * len(pairs)
    for step, i in enumerate(order):
        z = _NORMAL.inv_cdf(1 - (1 - LEVEL) / (2 * (len(pairs) - step)))
        if not _excludes_zero(newcombe(*pairs[i], z)):
            break
        certain[i] = True
    return tuple(
        Difference(_share(first) - _share(second), newcombe(first, second), certain[i])
        for i, (first, second) in enumerate(pairs)
    )


def smallest_visible_change(p: float, n: int, n_before: int) -> float:
    """The difference that two issues of these sizes would show four times in five."""
    return (1.96 + POWER_Z) * sqrt(p * (1 - p) * (1 / n + 1 / n_before))


def _share(part: tuple[int, int]) -> float:
    return part[0] / part[1]


def _excludes_zero(interval: Interval) -> bool:
    return interval.low > 0 or interval.high < 0


def _clarity(first: tuple[int, int], second: tuple[int, int]) -> float:
    """The z of the pooled test of two proportions, its size."""
    n1, n2 = first[1], second[1]
    pooled = (first[0] + second[0]) / (n1 + n2)
    spread = sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2))
    return abs(_share(first) - _share(second)) / spread if spread else 0.0
