"""What every test leans on: repeatable hypothesis runs, and a CI that cannot skip what it exists to run."""

from __future__ import annotations

import os
from collections.abc import Generator

import pytest
from hypothesis import HealthCheck, settings

NEVER_SKIPPED_IN_CI = ("browser", "node", "postgres", "spamassassin")

# The same examples on every run and no deadline, so that a busy machine turns nothing red.
settings.register_profile(
    "house",
    derandomize=True,
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("house")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Report a skipped test as failed where the environment says CI and CI exists to run it."""
    report = yield
    marks = [mark for mark in NEVER_SKIPPED_IN_CI if item.get_closest_marker(mark)]
    if report.skipped and not hasattr(report, "wasxfail") and marks and os.environ.get("CI"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} is marked {marks[0]}, so CI may not skip it: {report.longrepr}"
    return report
