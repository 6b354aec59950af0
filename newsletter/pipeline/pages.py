"""One page of a member's site, fetched and read."""

from __future__ import annotations

import re
from datetime import datetime

from newsletter import gather as stage
from newsletter.errors import ParseFailed
from newsletter.model.news import NewsItem
from newsletter.ports import Fetcher, Isolated, SandboxLimits

_LIMITS = SandboxLimits()
_NO_PAGE = re.compile(r"(?:image|audio|video|font)/|application/(?!(?:xhtml\+)?xml\b)", re.I)


def page(url: str, member: str, now: datetime, *, fetcher: Fetcher, isolated: Isolated) -> NewsItem:
    """The item that the page tells. Raises FetchFailed, or ParseFailed where it is no page with a title."""
    answer = fetcher.fetch(url)
    if _NO_PAGE.match(answer.content_type):
        kind = answer.content_type.partition(";")[0]
        raise ParseFailed(f"{url} är ingen webbsida.", why=f"Den säger sig vara {kind}.")
    told = (answer.body, answer.url, member, now, answer.charset)
    item = isolated.run(stage.article, *told, limits=_LIMITS)
    if not item.title:
        raise ParseFailed(f"{url} har ingen rubrik som går att läsa.")
    return item
