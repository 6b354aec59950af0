"""`GET /v3/stats`: what happened by day, week or month (twilio.com/docs/sendgrid/api-reference/stats)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta

from newsletter.testing.sendgrid.account import Letter, LetterState, Mail, Refused

METRICS = (
    "blocks", "bounce_drops", "bounces", "clicks", "deferred", "delivered", "invalid_emails", "opens",
    "processed", "requests", "spam_report_drops", "spam_reports", "unique_clicks", "unique_opens",
    "unsubscribe_drops", "unsubscribes",
)  # fmt: skip
_DROPS = {
    "Bounced Address": "bounce_drops",
    "Spam Reporting Address": "spam_report_drops",
    "Unsubscribed Address": "unsubscribe_drops",
    "Invalid": "invalid_emails",
}


def stats(mails: Iterable[Mail], query: Mapping[str, str], today: date) -> list[dict[str, object]]:
    """A row per period from `start_date` (which must be given) to `end_date`. Raises Refused."""
    first, last = _day(query, "start_date"), _day(query, "end_date", today)
    by = query.get("aggregated_by", "day")
    if by not in ("day", "week", "month"):
        raise Refused("aggregated_by must be day, week or month", "aggregated_by")
    counts: dict[date, Counter[str]] = {}
    day = first
    while day <= last:
        counts.setdefault(_period(day, by), Counter())
        day += timedelta(days=1)
    for mail in mails:
        for letter in mail.letters:
            for at, metric in _counted(letter):
                happened = datetime.fromtimestamp(at, UTC).date()
                if first <= happened <= last:
                    counts[_period(happened, by)][metric] += 1
    return [
        {"date": day.isoformat(), "stats": [{"metrics": {name: count[name] for name in METRICS}}]}
        for day, count in sorted(counts.items())
    ]


def _day(query: Mapping[str, str], name: str, otherwise: date | None = None) -> date:
    try:
        return date.fromisoformat(query[name])
    except KeyError:
        if otherwise is not None:
            return otherwise
        raise Refused(f"{name} is required", name) from None
    except ValueError as error:
        raise Refused(f"{name} must be YYYY-MM-DD", name) from error


def _period(day: date, by: str) -> date:
    if by == "month":
        return day.replace(day=1)
    return day - timedelta(days=day.weekday()) if by == "week" else day


def _counted(letter: Letter) -> Iterable[tuple[float, str]]:
    yield letter.mail.accepted_at, "requests"
    if letter.state is LetterState.DROPPED:
        yield letter.settled_at, _DROPS[letter.reason]
    if letter.state is LetterState.LEFT:
        yield letter.settled_at, "processed"
        if letter.bounce:
            yield letter.bounced_at, "bounces" if letter.bounce == "bounced" else "blocks"
        else:
            yield letter.settled_at, "delivered"
