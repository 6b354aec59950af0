"""Why an approval holds no longer, in words."""

from __future__ import annotations

from newsletter.model.review import Decision

_UNKNOWN = (
    "Mottagarna är inte desamma, och på den här datorn är det inte känt vilka de var: "
    "någon kan ha tillkommit."
)


def reasons(decision: Decision) -> tuple[str, ...]:
    """Each thing that voids the approval, a Swedish sentence; none where it holds."""
    found = [change.words for change in decision.changes]
    if decision.turnover is None:
        found.append(_UNKNOWN)
    elif decision.turnover.added:
        some = decision.turnover.added
        found.append("En mottagare har tillkommit." if some == 1 else f"{some} mottagare har tillkommit.")
    return tuple(found)
