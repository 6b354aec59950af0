"""Who gets the letter: members, segments, and what an import of a list would change.

    bytes      -> read        -> Listing         (CSV or XLSX; where untrusted bytes can do no harm)
    Listing    -> import_plan -> ImportPlan      (new, changed, unchanged, left out; nothing is changed here)
    TOML text  -> segments    -> Segment         (a small expression, parsed to the tree in model/people.py)
    Recipient + Segment -> matches, segments_of

All of it is pure: bytes, texts and ids are arguments.
"""

from newsletter.people.explaining import Reason, explained, said
from newsletter.people.exports import csv_lines
from newsletter.people.headings import Column
from newsletter.people.imports import import_plan
from newsletter.people.listing import Listing, read
from newsletter.people.matching import Sorting, audience_rule, matches, overlaps, segments_of
from newsletter.people.members import members
from newsletter.people.reserved import is_reserved
from newsletter.people.segments import segments

__all__ = [
    "Column",
    "Listing",
    "Reason",
    "Sorting",
    "audience_rule",
    "csv_lines",
    "explained",
    "import_plan",
    "is_reserved",
    "matches",
    "members",
    "overlaps",
    "read",
    "said",
    "segments",
    "segments_of",
]
