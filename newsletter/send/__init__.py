"""Letters and recipients to rows of intent, and rows to bytes that can leave.

    Letter + recipients -> digest    what was planned is what is sent
    recipients          -> plan      a row for each, before anything leaves
    Letter              -> template  encoded once an edition
    template + row      -> outgoing  a join of bytes

All of it is pure: ids, keys and times are arguments.
"""

from newsletter.model.wire import wire_address
from newsletter.send.batches import (
    LAST_CALL,
    LONGEST_AHEAD,
    Room,
    batch_for_next,
    can_be_recalled,
    leaving,
    room_again_at,
    to_release,
    was_recalled,
)
from newsletter.send.notice import notice, wording
from newsletter.send.outgoing import Bounces, marks, outgoing
from newsletter.send.patience import after_failure, due, given_up
from newsletter.send.plan import delivery_id, plan, sending
from newsletter.send.template import Template, template

__all__ = [
    "LAST_CALL",
    "LONGEST_AHEAD",
    "Bounces",
    "Room",
    "Template",
    "after_failure",
    "batch_for_next",
    "can_be_recalled",
    "delivery_id",
    "due",
    "given_up",
    "leaving",
    "marks",
    "notice",
    "outgoing",
    "plan",
    "room_again_at",
    "sending",
    "template",
    "to_release",
    "was_recalled",
    "wire_address",
    "wording",
]
