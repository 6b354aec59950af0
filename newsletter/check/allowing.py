"""Allowances: findings that the communicator lets stand, each with its reason.

One that stands before the first block (in the front matter, or right below it) is for the whole issue. One
that stands further down is for the nearest finding of its rule below it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from newsletter.check.finding import warning
from newsletter.check.rules import RULES
from newsletter.model.finding import Finding, Severity
from newsletter.model.issue import Allowance, Issue
from newsletter.model.toml import nearest


@dataclass(frozen=True, slots=True)
class Allowed:
    """A finding that stands, and why."""

    finding: Finding
    reason: str
    line: int  # of the allowance


@dataclass(frozen=True, slots=True)
class Judged:
    """Findings parted in those that count and those that were let stand."""

    findings: tuple[Finding, ...]
    allowed: tuple[Allowed, ...]


def judged(found: Iterable[Finding], issue: Issue) -> Judged:
    """The findings with the issue's allowances applied, and a word about each that allows nothing."""
    left, allowed, extra = list(found), [], []
    for allowance in sorted(issue.allowances, key=lambda each: -each.where.line):
        meant = _meant(allowance, left, issue) if _may(allowance.rule) else []
        allowed += [Allowed(each, allowance.reason, allowance.where.line) for each in meant]
        left = [each for each in left if each not in meant]
        if not meant:
            extra.append(_idle(allowance, left))
    allowed.sort(key=lambda each: each.line)
    findings = sorted([*left, *extra], key=lambda each: each.severity is not Severity.ERROR)
    return Judged(tuple(findings), tuple(allowed))


def _may(rule: str) -> bool:
    return rule in RULES and RULES[rule].may_stand


def _meant(allowance: Allowance, left: Sequence[Finding], issue: Issue) -> list[Finding]:
    """The findings that an allowance is for."""
    same = [each for each in left if each.rule == allowance.rule]
    if allowance.where.line < min((block.where.line for block in issue.blocks), default=0):
        return same
    below = [each for each in same if _below(each, allowance)]
    nearest_line = min((each.where.line for each in below if each.where), default=0)
    return [each for each in below if each.where and each.where.line == nearest_line]


def _below(finding: Finding, allowance: Allowance) -> bool:
    where = finding.where
    return bool(where and where.file == allowance.where.file and where.line >= allowance.where.line)


def _idle(allowance: Allowance, left: Sequence[Finding]) -> Finding:
    return warning(
        "allowance-unused",
        f"”allow {allowance.rule}” låter inget stå.",
        allowance.where,
        why=" ".join(_why(allowance, left)),
        do=_do(allowance),
        edition="",
    )


def _why(allowance: Allowance, left: Sequence[Finding]) -> Iterator[str]:
    if allowance.rule not in RULES:
        yield "Ingen regel heter så."
    elif not RULES[allowance.rule].may_stand:
        yield "Det är ett fel som läsaren alltid drabbas av, så det måste rättas."
    elif any(each.rule == allowance.rule for each in left):
        yield "Fyndet står högre upp än raden, eller i en annan fil."
    else:
        yield "Regeln fann inget här. Står raden kvar döljer den nästa fel i tysthet."


def _do(allowance: Allowance) -> str:
    if allowance.rule not in RULES:
        return nearest(allowance.rule, sorted(RULES))
    return "Ta bort raden, eller flytta den till brevets huvud så att den gäller hela numret."
