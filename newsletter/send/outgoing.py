"""One recipient's letter: the template's bytes joined with what is personal."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from urllib.parse import quote

from newsletter.model.delivery import Delivery
from newsletter.model.letter import Mark, marks_in
from newsletter.model.people import Member
from newsletter.model.transport import Outgoing
from newsletter.model.wire import clean, wire_address
from newsletter.send.headers import mailbox_line, raw_line, text_line
from newsletter.send.quoted import quoted
from newsletter.send.template import Form, Gap, Template

_LEAVE = quote("Avsluta ")
_NAME, _MEMBER, _SOURCE, _UNSUBSCRIBE = Mark.NAME, Mark.MEMBER, Mark.SOURCE, Mark.UNSUBSCRIBE


def marks(delivery: Delivery, members: Mapping[str, Member], mailbox: str) -> Mapping[Mark, str]:
    """What the marks of one delivery stand for; leaving is a letter to `mailbox` that names the delivery."""
    member = members.get(delivery.member)
    named = delivery.id if delivery.id.isalnum() else quote(delivery.id)
    return {
        _NAME: delivery.name,
        _MEMBER: member.name if member else "",
        _SOURCE: delivery.notice,
        _UNSUBSCRIBE: f"mailto:{mailbox}?subject={_LEAVE}{named}",
    }


@dataclass(frozen=True, slots=True)
class Bounces:
    """Where letters that could not be delivered come back to: the envelope's sender."""

    mailbox: str = ""  # empty: bounces@ the sender's domain
    verp: bool = True  # the address names the delivery, as bounces+ID@ does; else the mailbox alone

    def address(self, delivery: str, domain: str) -> str:
        """The envelope's sender for one delivery. Raises InputError where the mailbox cannot travel."""
        mailbox = wire_address(self.mailbox) if self.mailbox else f"bounces@{domain}"
        if not self.verp:
            return mailbox
        local, _, where = mailbox.rpartition("@")
        return f"{local}+{delivery}@{where}"


_BOUNCES = Bounces()


def outgoing(
    template: Template,
    delivery: Delivery,
    marks: Mapping[Mark, str],
    at: datetime,
    bounces: Bounces = _BOUNCES,
) -> Outgoing:
    """The letter ready to leave, dated `at`.

    Its Message-ID is made from the delivery's id, so that a receiving server can drop a twin; so is its
    envelope's sender, unless `bounces` says otherwise, and ties a bounce to its delivery whatever it quotes.
    """
    domain = wire_address(template.sender.address).rpartition("@")[2]
    values = {mark: clean(value) for mark, value in marks.items()}
    filled = [_filled(gap, delivery, values, at, domain) for gap in template.gaps]
    parts = [b""] * (len(template.segments) + len(template.places))
    parts[::2] = template.segments
    parts[1::2] = map(filled.__getitem__, template.places)
    envelope_from = bounces.address(delivery.id, domain)
    return Outgoing(
        delivery.id,
        envelope_from,
        wire_address(delivery.address),
        b"".join(parts),
        dots=False,  # no quoted-printable or base64 begins a line so; a field begins with its name or a space
    )


_quoted = lru_cache(maxsize=512)(quoted)  # a value stands in both parts, and a member's name in many letters


def _filled(gap: Gap, delivery: Delivery, values: Mapping[Mark, str], at: datetime, domain: str) -> bytes:
    if gap.mark is not None:
        value = values[gap.mark]
        return _quoted(html.escape(value) if gap.form is Form.HTML else value)
    match gap.form:
        case Form.TO:
            return mailbox_line("To", delivery.name, delivery.address)
        case Form.DATE:
            return raw_line("Date", format_datetime(at))
        case Form.MESSAGE_ID:
            return raw_line("Message-ID", f"<{delivery.id}@{domain}>")
        case Form.SUBJECT:
            return text_line("Subject", _with_marks(gap.value, values))
    return raw_line(gap.name, _with_marks(gap.value, values))


def _with_marks(text: str, values: Mapping[Mark, str]) -> str:
    return "".join(values[part] if isinstance(part, Mark) else part for part in marks_in(text))
