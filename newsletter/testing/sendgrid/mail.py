"""What `POST /v3/mail/send` takes: every documented limit, told all at once.

Sources: "Mail Send API Overview" (limitations) and "Errors"
(twilio.com/docs/sendgrid/api-reference/mail-send/errors; the messages). What concerns one field alone is in
:mod:`~newsletter.testing.sendgrid.fields`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from newsletter.testing.sendgrid.fields import (
    ARGS_BYTES,
    PERSONALIZATION,
    RECIPIENTS,
    REQUEST,
    TOO_MANY_ARGS,
    bytes_of,
)
from newsletter.testing.sendgrid.shapes import Flaw, Flaws

PERSONALIZATIONS = 1000
MESSAGE_BYTES = 30 * 1024 * 1024
AHEAD_SECONDS = 72 * 3600

_TOO_MANY = (
    "The personalization block is limited to {most} personalizations per API request. You have provided "
    "{count} personalizations. Please consider splitting this into multiple requests and resending your "
    "request."
)
_NOBODY = "The personalizations field is required and must have at least one personalization."
_TOO_MANY_PEOPLE = "There is a limit of 1000 total recipients (to + cc + bcc) per request."
_NO_TO = (
    "The to array is required for all personalization objects, and must have at least one email object "
    "with a valid email address."
)
_TWICE = (
    "Each email address in the personalization block should be unique between to, cc, and bcc. We found "
    "the first duplicate instance of [{address}] in the {field}.{kind} field."
)
_NO_SENDER = (
    "The from object must be provided for every email that is sent. It is an object that requires the "
    "email parameter, but may also contain a name parameter."
)
_NO_SUBJECT = (
    "The subject is required. You can get around this requirement if you use a template with a subject "
    "defined or if every personalization has a subject defined."
)
_NO_CONTENT = (
    "Unless a valid template_id is provided, the content parameter is required. There must be at least "
    "one defined content block."
)
_ORDER = "If present, text/plain must be first, followed by text/html, followed by any other content."
_ONCE = "If present, text/plain and text/html may only be provided once."
_TOO_FAR = "Scheduling more than 72 hours in advance is forbidden."
_NO_BATCH = "The batch_id must be a valid batch ID."


def flaws_of(request: object, now: float, knows_batch: Callable[[str], bool]) -> Flaws:
    """All that is wrong with a request; nothing where it is fit to be sent."""
    flaws: Flaws = []
    REQUEST(request, "", flaws)
    if isinstance(request, dict):
        _personalizations(request, flaws)
        _sender_and_subject(request, flaws)
        _contents(request, flaws)
        _times(request, now, flaws)
        batch = request.get("batch_id")
        if isinstance(batch, str) and not knows_batch(batch):
            flaws.append(Flaw(_NO_BATCH, "batch_id"))
    return flaws


def _people(request: Mapping[str, Any]) -> list[Any]:
    people = request.get("personalizations")
    return people if isinstance(people, list) else []


def _times(request: Mapping[str, Any], now: float, flaws: Flaws) -> None:
    holders = [(request, "send_at")]
    holders += [(one, f"personalizations.{index}.send_at") for index, one in enumerate(_people(request))]
    for holder, field in holders:
        sent = holder.get("send_at") if isinstance(holder, dict) else None
        if type(sent) is int and sent > now + AHEAD_SECONDS:
            flaws.append(Flaw(_TOO_FAR, field))


def _personalizations(request: Mapping[str, Any], flaws: Flaws) -> None:
    people = _people(request)
    if not people:
        flaws.append(Flaw(_NOBODY, "personalizations"))
    if len(people) > PERSONALIZATIONS:
        message = _TOO_MANY.format(most=PERSONALIZATIONS, count=len(people))
        flaws.append(Flaw(message, "personalizations"))
    shared, total = request.get("custom_args"), 0
    for index, one in enumerate(people):
        field = f"personalizations.{index}"
        before = len(flaws)
        PERSONALIZATION(one, field, flaws)
        if len(flaws) == before:  # its shape is right
            total += _recipients(one, field, flaws)
            _merged_args(one, shared, field, flaws)
    if total > RECIPIENTS:
        flaws.append(Flaw(_TOO_MANY_PEOPLE, "personalizations"))


def _recipients(one: Mapping[str, Any], field: str, flaws: Flaws) -> int:
    """How many addresses there are; each may stand there once."""
    if not one.get("to"):
        flaws.append(Flaw(_NO_TO, f"{field}.to"))
        return 0
    if len(one["to"]) == 1 and "cc" not in one and "bcc" not in one:
        return 1
    addresses = [(kind, each["email"].lower()) for kind in ("to", "cc", "bcc") for each in one.get(kind, ())]
    seen: set[str] = set()
    for kind, address in addresses:
        if address in seen:
            flaws.append(Flaw(_TWICE.format(address=address, field=field, kind=kind), field))
            break
        seen.add(address)
    return len(addresses)


def _merged_args(one: Mapping[str, Any], shared: object, field: str, flaws: Flaws) -> None:
    if shared and isinstance(shared, dict) and bytes_of(shared | one.get("custom_args", {})) > ARGS_BYTES:
        flaws.append(Flaw(TOO_MANY_ARGS, f"{field}.custom_args"))


def _sender_and_subject(request: Mapping[str, Any], flaws: Flaws) -> None:
    if "from" not in request:
        flaws.append(Flaw(_NO_SENDER, "from"))
    if "reply_to" in request and "reply_to_list" in request:
        flaws.append(Flaw("reply_to and reply_to_list may not both be used.", "reply_to"))
    people = _people(request)
    every = bool(people) and all(isinstance(one, dict) and one.get("subject") for one in people)
    if not (every or request.get("subject") or request.get("template_id")):
        flaws.append(Flaw(_NO_SUBJECT, "subject"))


def _contents(request: Mapping[str, Any], flaws: Flaws) -> None:
    content = request.get("content")
    if not content and not request.get("template_id"):
        flaws.append(Flaw(_NO_CONTENT, "content"))
    parts = content if isinstance(content, list) else []
    kinds = [str(part.get("type", "")).lower() for part in parts if isinstance(part, dict)]
    ranks = [{"text/plain": 0, "text/html": 1}.get(kind, 2) for kind in kinds]
    if ranks != sorted(ranks):
        flaws.append(Flaw(_ORDER, "content"))
    if any(kinds.count(kind) > 1 for kind in ("text/plain", "text/html")):
        flaws.append(Flaw(_ONCE, "content"))


def is_sandboxed(request: Mapping[str, Any]) -> bool:
    """Whether the request is only to be looked at (mail_settings.sandbox_mode)."""
    return bool(request.get("mail_settings", {}).get("sandbox_mode", {}).get("enable"))


def is_bypassing(request: Mapping[str, Any]) -> bool:
    """Whether suppressed addresses are written to as well."""
    return bool(request.get("mail_settings", {}).get("bypass_list_management", {}).get("enable"))
