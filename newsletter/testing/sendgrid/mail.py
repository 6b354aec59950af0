"""What `POST /v3/mail/send` takes: every documented shape and limit, told all at once.

Sources: tsg_mail_v3 of twilio/sendgrid-oai (shapes, types, counts), "Mail Send API Overview" (limitations)
and "Errors" (twilio.com/docs/sendgrid/api-reference/mail-send/errors; the messages), sendgrid-nodejs issue
288 (custom_args must be strings, and the answer says no more than "Bad Request"). Assumed, and strict on
purpose: fields that the schema does not know are refused; addresses are ASCII (the overview denies Unicode
in local parts; a domain comes as IDNA); custom_args are measured as JSON.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from newsletter.testing.sendgrid.shapes import (
    Flaw,
    Flaws,
    a_list,
    anything,
    array,
    boolean,
    integer,
    shape,
    some_text,
    text,
    texts,
)

PERSONALIZATIONS = 1000
RECIPIENTS = 1000  # to + cc + bcc of a request
ARGS_BYTES = 10_000
SUBSTITUTION_BYTES = 10_000
CATEGORIES = 10
CATEGORY_CHARACTERS = 255
MESSAGE_BYTES = 30 * 1024 * 1024
AHEAD_SECONDS = 72 * 3600

RESERVED_HEADERS = frozenset({
    "x-sg-id", "x-sg-eid", "received", "dkim-signature", "content-type", "content-transfer-encoding",
    "to", "from", "subject", "reply-to", "cc", "bcc",
})  # fmt: skip
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{2,63}")
_HEADER_NAME = re.compile(r"[!-9;-~]+")  # RFC 5322, 2.2


def _address(value: object, field: str, flaws: Flaws) -> None:
    if not isinstance(value, dict) or not isinstance(value.get("email"), str):
        flaws.append(Flaw("The object must have an email parameter with a valid email address.", field))
        return
    if not _ADDRESS.fullmatch(value["email"]) or len(value["email"]) > 320:
        flaws.append(Flaw("Does not contain a valid address.", f"{field}.email"))
    if len(value) > 1:
        if "name" in value:
            text(value["name"], f"{field}.name", flaws)
        for name in value.keys() - {"email", "name"}:
            flaws.append(Flaw(f"Additional property {name} is not allowed", field))


def _headers(value: object, field: str, flaws: Flaws) -> None:
    texts(value, field, flaws)
    for name in value if isinstance(value, dict) else ():
        if name.lower() in RESERVED_HEADERS:
            flaws.append(Flaw(f"The following are reserved and may not be used as headers: {name}.", field))
        elif not _HEADER_NAME.fullmatch(name):
            flaws.append(Flaw("Header names must be ASCII without spaces or colons.", field))


def _args(value: object, field: str, flaws: Flaws) -> None:
    if not isinstance(value, dict) or not all(type(text) is str for text in value.values()):
        flaws.append(Flaw("Bad Request"))
    elif _bytes(value) > ARGS_BYTES:
        flaws.append(Flaw(_ARGS, field))


def _substitutions(value: object, field: str, flaws: Flaws) -> None:
    texts(value, field, flaws)
    if isinstance(value, dict) and _bytes(value) > SUBSTITUTION_BYTES:
        flaws.append(Flaw("The total size of your substitutions may not exceed 10000 bytes.", field))


def _bytes(value: object) -> int:
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass"))


def _categories(value: object, field: str, flaws: Flaws) -> None:
    if isinstance(value, str):
        value = [value]
    array(_category, CATEGORIES)(value, field, flaws)
    names = [name for name in value if isinstance(name, str)] if isinstance(value, list) else []
    if len(set(names)) < len(names):
        flaws.append(Flaw("The category names must be unique.", field))


def _category(value: object, field: str, flaws: Flaws) -> None:
    text(value, field, flaws)
    if isinstance(value, str) and (len(value) > CATEGORY_CHARACTERS or not value.isascii()):
        flaws.append(Flaw("A category may have 255 characters, all of them ASCII.", field))


def _disposition(value: object, field: str, flaws: Flaws) -> None:
    if value not in ("inline", "attachment"):
        flaws.append(Flaw("The disposition of your attachment can only be inline or attachment.", field))


def _base64(value: object, field: str, flaws: Flaws) -> None:
    some_text(value, field, flaws)
    try:
        base64.b64decode(str(value), validate=True)
    except (binascii.Error, ValueError):
        flaws.append(Flaw("The attachment content must be base64 encoded.", field))


def _mime(value: object, field: str, flaws: Flaws) -> None:
    some_text(value, field, flaws)
    if isinstance(value, str) and re.search(r"[;\r\n]", value):
        flaws.append(Flaw("The type cannot contain ';', or CRLF characters.", field))


_attachment_shape = shape(
    {
        "content": _base64,
        "type": _mime,
        "filename": some_text,
        "disposition": _disposition,
        "content_id": some_text,
    },
    "content",
    "filename",
)


def _attachment(value: object, field: str, flaws: Flaws) -> None:
    _attachment_shape(value, field, flaws)
    if isinstance(value, dict) and value.get("disposition") == "inline" and "content_id" not in value:
        flaws.append(Flaw("An inline attachment must have a content_id.", f"{field}.content_id"))


_enable = shape({"enable": boolean})
_content = shape({"type": _mime, "value": some_text}, "type", "value")
_personalization = shape(
    {
        "from": _address,
        "to": array(_address),
        "cc": array(_address, RECIPIENTS),
        "bcc": array(_address, RECIPIENTS),
        "subject": some_text,
        "headers": _headers,
        "substitutions": _substitutions,
        "dynamic_template_data": anything,
        "custom_args": _args,
        "send_at": integer,
    }
)
_REQUEST = shape(
    {
        "personalizations": a_list,  # looked at on its own
        "from": _address,
        "reply_to": _address,
        "reply_to_list": array(_address, 1000),
        "subject": some_text,
        "content": array(_content),
        "attachments": array(_attachment),
        "template_id": text,
        "headers": _headers,
        "categories": _categories,
        "custom_args": _args,
        "send_at": integer,
        "batch_id": text,
        "asm": shape({"group_id": integer, "groups_to_display": array(integer, 25)}, "group_id"),
        "ip_pool_name": some_text,
        "mail_settings": shape(
            {
                "bypass_list_management": _enable,
                "bypass_spam_management": _enable,
                "bypass_bounce_management": _enable,
                "bypass_unsubscribe_management": _enable,
                "footer": shape({"enable": boolean, "text": text, "html": text}),
                "sandbox_mode": _enable,
            }
        ),
        "tracking_settings": shape(
            {
                "click_tracking": shape({"enable": boolean, "enable_text": boolean}),
                "open_tracking": shape({"enable": boolean, "substitution_tag": text}),
                "subscription_tracking": shape(
                    {"enable": boolean, "text": text, "html": text, "substitution_tag": text}
                ),
                "ganalytics": shape(
                    {"enable": boolean}
                    | {f"utm_{name}": text for name in ("source", "medium", "term", "content", "campaign")}
                ),
            }
        ),
    }
)


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
_ARGS = "The total size of custom_args may not exceed 10000 bytes."
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
    _REQUEST(request, "", flaws)
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
        _personalization(one, field, flaws)
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
    if shared and isinstance(shared, dict) and _bytes(shared | one.get("custom_args", {})) > ARGS_BYTES:
        flaws.append(Flaw(_ARGS, f"{field}.custom_args"))


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
