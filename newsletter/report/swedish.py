"""Numbers and days as Swedish writes them: 96,7 %, 1 234, −2, 17 november 2026."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from newsletter.model.figure import Interval

NBSP = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
DASH = "\N{EN DASH}"

_MONTHS = (
    "januari", "februari", "mars", "april", "maj", "juni",
    "juli", "augusti", "september", "oktober", "november", "december",
)  # fmt: skip


def number(value: float, decimals: int = 0) -> str:
    """A number with a no-break space between thousands and a comma; a true minus."""
    text = f"{abs(value):,.{decimals}f}".replace(",", NBSP).replace(".", ",")
    is_zero = not text.strip("0," + NBSP)
    return text if value >= 0 or is_zero else MINUS + text


def percent(share: float, decimals: int | None = None) -> str:
    """A share in per cent: one decimal under 10 % unless told otherwise."""
    return f"{_points(share, decimals)}{NBSP}%"


def _points(share: float, decimals: int | None) -> str:
    if decimals is None:
        decimals = 1 if 0 < round(abs(share) * 100, 1) < 10 else 0
    return number(share * 100, decimals)


def span(interval: Interval) -> str:
    """An interval in per cent: 17–22 %; both ends with as many decimals."""
    decimals = 1 if interval.high < 0.0995 else 0
    return f"{number(interval.low * 100, decimals)}{DASH}{number(interval.high * 100, decimals)}{NBSP}%"


def points(share: float, *, signed: bool = True) -> str:
    """A difference in percentage points, one decimal: +1,7."""
    text = number(share * 100, 1)
    return text if not signed or text.startswith((MINUS, "0,0")) else "+" + text


def points_span(interval: Interval) -> str:
    """An interval of percentage points: −2,0 till +5,4."""
    return f"{points(interval.low)} till {points(interval.high)}"


def day(value: date) -> str:
    """17 november 2026."""
    return f"{value.day}{NBSP}{_MONTHS[value.month - 1]} {value.year}"


def listed(names: Sequence[str]) -> str:
    """A, B och C."""
    return " och ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def counted(count: int, one: str, many: str) -> str:
    """1 person, 2 personer."""
    return f"{number(count)}{NBSP}{one if count == 1 else many}"
