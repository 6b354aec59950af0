"""Whether an issue is approved as it is now."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping

from newsletter.model.review import Approval, AudienceDigest, Decision, Gone, Parts, Turnover, Verdict
from newsletter.review.changes import changes, editions

_NOTHING: Parts = {}


def verdict(
    approvals: Iterable[Approval],
    now: Parts,
    turnovers: Mapping[str, Turnover | None],
    *,
    needed: int,
    unread: Parts = _NOTHING,
) -> Verdict:
    """Each approval held against the letters as they are now; `turnovers` by the digest of approved readers.

    `unread` are the parts of approved editions that nobody gets any longer, made anew: that their last reader
    has left changes nothing for anybody else. One who has approved twice counts once.
    """
    ordered = sorted(approvals, key=lambda one: (one.at, one.by, one.digest))
    last = {_folded(one.by): one for one in ordered}
    decisions = tuple(
        Decision(
            one,
            changes(one.parts, _comparable(one.parts, now, unread)),
            turnovers[one.readers.digest],
            is_superseded=last[_folded(one.by)] is not one,
        )
        for one in ordered
    )
    holding = [each.approval.by for each in decisions if each.holds]
    return Verdict(needed, decisions, tuple({_folded(by): by for by in holding}.values()))


def turnover(
    approved: AudienceDigest, now: AudienceDigest, still: int | None, known: tuple[Gone, ...] = ()
) -> Turnover | None:
    """How the readers differ, where `still` of those approved are among them; None where it is not known.

    The same set is known by its digest, also where nobody knows any longer who was in it.
    """
    if approved == now:
        return Turnover()
    if still is None:
        return None
    return Turnover(added=now.count - still, gone=approved.count - still, known=known)


def vanished(approvals: Iterable[Approval], now: Parts) -> tuple[str, ...]:
    """The editions that were approved and that nobody gets now."""
    there = editions(now)
    found = (edition for one in approvals for edition in editions(one.parts) if edition not in there)
    return tuple(dict.fromkeys(found))


def _comparable(approved: Parts, now: Parts, unread: Parts) -> Parts:
    """What is now, with those of the unread editions that this approval knows of."""
    known = editions(approved)
    return {**{name: value for name, value in unread.items() if name.partition("/")[0] in known}, **now}


def _folded(by: str) -> str:
    return " ".join(unicodedata.normalize("NFC", by).casefold().split())
