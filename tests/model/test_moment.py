"""Clock times that people write."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from newsletter.errors import UsageError
from newsletter.model.moment import moment

STOCKHOLM = ZoneInfo("Europe/Stockholm")


@pytest.mark.parametrize("text", ["2026-12-01 08:00", "2026-12-01T08:00", " 2026-12-01 08.00 "])
def test_winter(text: str) -> None:
    """A time is the workspace's own, however its parts are set apart."""
    assert moment(text, STOCKHOLM) == datetime(2026, 12, 1, 7, 0, tzinfo=UTC)


def test_summer() -> None:
    """In summer the clock is two hours ahead of UTC."""
    assert moment("2026-07-01 08:00", STOCKHOLM) == datetime(2026, 7, 1, 6, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "said"), [("2026-03-29 02:30", "finns inte"), ("2026-10-25 02:30", "finns två gånger")]
)
def test_odd_nights(text: str, said: str) -> None:
    """A clock time that does not exist, or exists twice, is refused."""
    with pytest.raises(UsageError, match=said):
        moment(text, STOCKHOLM)


@pytest.mark.parametrize("text", ["i morgon", "2026-13-01 08:00", "2026-12-01", "08:00", "2026-12-01 25:00"])
def test_no_time(text: str) -> None:
    """What is no time is refused, with an example of one."""
    with pytest.raises(UsageError) as caught:
        moment(text, STOCKHOLM)
    assert "2026-12-01 08:00" in caught.value.do
