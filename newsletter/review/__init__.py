"""A letter as it is now, held against what people have approved.

    letters, mode, transport, rule ─► parts ─┐
    file in review/ ─► approval ─────────────┼─► changes ─┐
    set now, set then ─► turnover ───────────┘            ├─► verdict
                                                          │
    an approval holds while nothing that it covers has changed and nobody was added

All of it is pure: who is in which set, and the time, are arguments.
"""

from newsletter.model.digest import parts
from newsletter.review.changes import changes
from newsletter.review.reasons import reasons
from newsletter.review.text import ENDING, approval, approval_text, file_name, name
from newsletter.review.verdict import turnover, vanished, verdict

__all__ = [
    "ENDING",
    "approval",
    "approval_text",
    "changes",
    "file_name",
    "name",
    "parts",
    "reasons",
    "turnover",
    "vanished",
    "verdict",
]
