"""Who gets the letter: members, segments, and what an import of a list would change.

    bytes      -> read        -> Listing         (CSV or XLSX; where untrusted bytes can do no harm)
    Listing    -> import_plan -> ImportPlan      (new, changed, unchanged, left out; nothing is changed here)
    TOML text  -> segments    -> Segment         (a small expression, parsed to the tree in model/people.py)
    Recipient + Segment -> matches, segments_of

All of it is pure: bytes, texts and ids are arguments.
"""

from newsletter.people.coverage import coverage
from newsletter.people.explaining import Reason, explained, said
from newsletter.people.exports import csv_lines
from newsletter.people.headings import Column
from newsletter.people.imports import import_plan
from newsletter.people.listing import Listing, read
from newsletter.people.matching import Sorting, audience_rule, matches, overlaps, segments_of
from newsletter.people.member_page import member_page
from newsletter.people.members import members
from newsletter.people.registrar import RegistrarLetter, mail, registrar_letter, to_ask_about
from newsletter.people.reserved import is_reserved
from newsletter.people.seats import seats
from newsletter.people.segments import segments

__all__ = [
    "Column",
    "Listing",
    "Reason",
    "RegistrarLetter",
    "Sorting",
    "audience_rule",
    "coverage",
    "csv_lines",
    "explained",
    "import_plan",
    "is_reserved",
    "mail",
    "matches",
    "member_page",
    "members",
    "overlaps",
    "read",
    "registrar_letter",
    "said",
    "seats",
    "segments",
    "segments_of",
    "to_ask_about",
]
