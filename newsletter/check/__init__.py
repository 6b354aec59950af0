"""Letter -> findings: what would embarrass, break or harm, each with its place, its reason and its remedy.

letter ─┬─ size        the limit where Gmail cuts a letter off, pictures' weight and sharpness
        ├─ inbox       subject and preheader
        ├─ wording     what was forgotten, what was spoiled, personal numbers
        ├─ dates       days that have passed or disagree
        ├─ pointing    links and the way out
        ├─ addressing  addresses and names that nobody answers to
        ├─ sameness    HTML and text say the same, everybody can read it
        ├─ headings    the same ones in HTML and text
        ├─ structure   headings in order, language, pictures by ear
        ├─ contrast    colours by day and by night
        ├─ support     what mail programs do not understand
        ├─ outlook     what Outlook for Windows alone sees
        └─ spam        what a filter holds against it
findings ─ judged      what the issue's author lets stand, with his reason

`rules.RULES` names every rule; docs/checks.md explains them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from newsletter.check import (
    addressing,
    contrast,
    dates,
    headings,
    inbox,
    outlook,
    pointing,
    sameness,
    size,
    spam,
    structure,
    support,
    wording,
)
from newsletter.check.addressing import domain, is_reserved
from newsletter.check.allowing import Allowed, Judged, judged
from newsletter.check.page import page
from newsletter.check.prose import said
from newsletter.check.reference import Reference, features
from newsletter.check.rules import RULES, Rule
from newsletter.check.size import page_bytes
from newsletter.check.support import used
from newsletter.model.finding import Finding, Probes, Severity
from newsletter.model.issue import Issue
from newsletter.model.letter import Letter
from newsletter.model.settings import Settings

__all__ = [
    "RULES",
    "Allowed",
    "Judged",
    "Reference",
    "Rule",
    "domain",
    "features",
    "findings",
    "is_reserved",
    "judged",
    "page_bytes",
    "used",
]

_NOTHING = Reference()


def findings(
    letter: Letter,
    issue: Issue,
    settings: Settings,
    probes: Probes,
    now: datetime,
    reference: Reference = _NOTHING,
) -> tuple[Finding, ...]:
    """Everything found in a letter, errors first, then by place. `now` is aware, in the reader's zone.

    What `probes` and `reference` do not hold is not judged. Allowances are not applied; see :func:`judged`.
    """
    found = set(_found(letter, issue, settings, probes, now, reference))
    return tuple(sorted(found, key=_order))


def _found(
    letter: Letter, issue: Issue, settings: Settings, probes: Probes, now: datetime, reference: Reference
) -> Iterator[Finding]:
    seen = page(letter)
    shown = [block for block in issue.blocks if block.id in letter.block_bytes]
    told = list(said(issue, shown))
    yield from size.findings(letter, settings, told, seen)
    yield from inbox.findings(letter, issue, reference)
    yield from wording.findings(letter, shown, told, seen)
    yield from dates.findings(letter, shown, told, issue.date, now.date())
    yield from pointing.findings(letter, issue, settings, probes)
    yield from addressing.findings(letter, issue, shown, told, settings, reference)
    yield from sameness.findings(letter, issue, seen)
    yield from headings.findings(letter, told, seen)
    yield from structure.findings(letter, told, seen)
    yield from contrast.findings(letter, reference)
    yield from support.findings(letter, reference)
    yield from outlook.findings(letter)
    yield from spam.findings(letter, probes)


def _order(finding: Finding) -> tuple[bool, str, int, str, str]:
    where = finding.where
    place = (where.file, where.line) if where else ("", 0)
    return (finding.severity is not Severity.ERROR, *place, finding.rule, finding.what)
