"""The fields of `POST /v3/mail/send`, each with its shape and its own limits.

Sources: tsg_mail_v3 of twilio/sendgrid-oai (shapes, types, counts; where it calls the request's custom_args
a string, its own pages show an object) and sendgrid-nodejs issue 288 (custom_args must be strings, and the
answer says no more than "Bad Request"). Assumed, and strict on purpose: fields that the schema does not
know are refused; addresses are ASCII (the overview denies Unicode in local parts; a domain comes as IDNA);
custom_args are measured as JSON.
"""

from __future__ import annotations

import base64
import binascii
import json
import re

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

RECIPIENTS = 1000  # to + cc + bcc of a request
ARGS_BYTES = 10_000
SUBSTITUTION_BYTES = 10_000
CATEGORIES = 10
CATEGORY_CHARACTERS = 255
TOO_MANY_ARGS = "The total size of custom_args may not exceed 10000 bytes."

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
    elif bytes_of(value) > ARGS_BYTES:
        flaws.append(Flaw(TOO_MANY_ARGS, field))


def _substitutions(value: object, field: str, flaws: Flaws) -> None:
    texts(value, field, flaws)
    if isinstance(value, dict) and bytes_of(value) > SUBSTITUTION_BYTES:
        flaws.append(Flaw("The total size of your substitutions may not exceed 10000 bytes.", field))


def bytes_of(value: object) -> int:
    """How much a value weighs as JSON without spaces."""
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass"))


def _pool(value: object, field: str, flaws: Flaws) -> None:
    some_text(value, field, flaws)
    if isinstance(value, str) and not 2 <= len(value) <= 64:
        flaws.append(Flaw("The ip_pool_name must be from 2 to 64 characters.", field))


def _categories(value: object, field: str, flaws: Flaws) -> None:
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
PERSONALIZATION = shape(
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
REQUEST = shape(
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
        "ip_pool_name": _pool,
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
