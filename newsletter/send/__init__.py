"""Letters and recipients to rows of intent, and rows to bytes that can leave.

    Letter + recipients -> digest    what was planned is what is sent
    recipients          -> plan      a row for each, before anything leaves
    Letter              -> template  encoded once an edition
    template + row      -> outgoing  a join of bytes

All of it is pure: ids, keys and times are arguments.
"""

from newsletter.send.digest import digest, letter_digest
from newsletter.send.headers import wire_address
from newsletter.send.notice import notice, wording
from newsletter.send.outgoing import marks, outgoing
from newsletter.send.plan import delivery_id, plan, sending
from newsletter.send.template import Template, template

__all__ = [
    "Template",
    "delivery_id",
    "digest",
    "letter_digest",
    "marks",
    "notice",
    "outgoing",
    "plan",
    "sending",
    "template",
    "wire_address",
    "wording",
]
