"""Is a domain ready to send from? DNS's answers to findings, and the records that would mend them.

    SenderDomain + answers so far -> judged -> findings, and what else must be asked
    findings                      -> note   -> a letter to whoever keeps the domain

DNS leads from record to record, so what must be asked shows only from the answers. The stage asks nobody: it
judges what it has and names the questions that it met without an answer; the pipeline asks them and calls
again, until none is left. It belongs to sending, and not to the check of letters: it is about the sender,
holds for every issue, and nothing in a letter can mend it.
"""

from __future__ import annotations

from collections.abc import Mapping

from newsletter.model.domain import DomainJudgement, NameAnswer, Question, SenderDomain
from newsletter.send.readiness import judging_dkim, judging_dmarc, judging_mx, judging_provider, judging_spf
from newsletter.send.readiness.finding import softened
from newsletter.send.readiness.note import note, zone_line
from newsletter.send.readiness.zone import Zone

__all__ = ["judged", "note", "zone_line"]

_JUDGES = (judging_spf, judging_dkim, judging_dmarc, judging_mx, judging_provider)


def judged(sender: SenderDomain, answers: Mapping[Question, NameAnswer]) -> DomainJudgement:
    """What the answers say of the domain. By the outbox nothing leaves, so that nothing is an error yet."""
    zone = Zone(answers)
    findings = tuple(finding for judge in _JUDGES for finding in judge.findings(sender, zone))
    if sender.transport == "outbox":
        findings = tuple(map(softened, findings))
    return DomainJudgement(findings, frozenset(zone.unasked))
