"""Letter -> findings: what would embarrass, break or harm, each with its place, its reason and its remedy.

letter ─┬─ size       the limit where Gmail cuts a letter off, pictures' weight and sharpness
        ├─ wording    what was forgotten, dates that have passed or disagree, personal numbers
        ├─ pointing   links and the way out
        └─ sameness   HTML and text say the same, everybody can read it
"""

from __future__ import annotations

from datetime import datetime

from newsletter.check import pointing, sameness, size, wording
from newsletter.check.page import page
from newsletter.check.size import page_bytes
from newsletter.model.finding import Finding, Probes, Severity
from newsletter.model.issue import Issue
from newsletter.model.letter import Letter
from newsletter.model.settings import Settings

__all__ = ["findings", "page_bytes"]


def findings(
    letter: Letter, issue: Issue, settings: Settings, probes: Probes, now: datetime
) -> tuple[Finding, ...]:
    """Everything found in a letter, errors first, then by place. `now` is aware, in any zone."""
    seen = page(letter)
    found = {
        *size.findings(letter, settings.limits, seen),
        *wording.findings(letter, issue, seen, now.date()),
        *pointing.findings(letter, issue, settings, probes),
        *sameness.findings(letter, issue, seen),
    }
    return tuple(sorted(found, key=_order))


def _order(finding: Finding) -> tuple[bool, str, int, str, str]:
    where = finding.where
    place = (where.file, where.line) if where else ("", 0)
    return (finding.severity is not Severity.ERROR, *place, finding.rule, finding.what)
