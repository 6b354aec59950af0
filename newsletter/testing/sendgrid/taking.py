"""An accepted request, made into letters: one for each address of each personalization."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from typing import Any

from newsletter.testing.sendgrid.account import Letter, Mail
from newsletter.testing.sendgrid.mail import is_bypassing


def mail_of(request: Mapping[str, Any], now: float, size: int) -> Mail:
    """What the letters of the request share, under a new X-Message-Id."""
    categories = request.get("categories", ())
    return Mail(
        secrets.token_urlsafe(16),
        now,
        request["from"]["email"],
        request.get("batch_id", ""),
        (categories,) if isinstance(categories, str) else tuple(categories),
        is_bypassing(request),
        size,
    )


def letters_of(request: Mapping[str, Any], mail: Mail) -> Iterator[Letter]:
    """The letters, by personalization; what a personalization says goes over the request's."""
    shared, subject, send_at = (
        request.get("custom_args", {}),
        request.get("subject", ""),
        request.get("send_at"),
    )
    position = 0
    for index, one in enumerate(request["personalizations"]):
        args = shared | one["custom_args"] if "custom_args" in one else shared
        for kind in ("to", "cc", "bcc"):
            for person in one.get(kind, ()):
                yield Letter(
                    mail,
                    position,
                    index,
                    person["email"],
                    one.get("subject", subject),
                    args,
                    one.get("send_at", send_at),
                )
                position += 1
