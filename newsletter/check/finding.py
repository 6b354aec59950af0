"""Short ways to say what was found."""

from __future__ import annotations

from functools import partial

from newsletter.model.finding import Finding, Severity
from newsletter.model.where import Where


def _finding(
    severity: Severity, rule: str, what: str, where: Where | None, *, why: str, do: str, edition: str
) -> Finding:
    return Finding(rule, severity, what, where, why, do, edition)


error = partial(_finding, Severity.ERROR)
warning = partial(_finding, Severity.WARNING)
