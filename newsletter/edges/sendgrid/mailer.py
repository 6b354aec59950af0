"""`Mailer` and `Holding` over SendGrid: a transport is a payload and a post."""

from __future__ import annotations

import json
import ssl
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any

from newsletter.edges.sendgrid import domains, holds, logs, payload
from newsletter.edges.sendgrid.answers import answers, clock, failure, fields
from newsletter.edges.sendgrid.client import Calls, Lost, Reply, client, endpoint, is_loopback
from newsletter.errors import TransportFailed
from newsletter.model.delivery import Delivery
from newsletter.model.domain import DomainAuthentication
from newsletter.model.letter import Letter
from newsletter.model.settings import SendGridSettings
from newsletter.model.transport import Answer, Carries, Features, Outcome, Parcel

_FRAMES = 16  # editions whose encoded content is kept; each costs about as much as its pictures
_FRESH = timedelta(seconds=1)  # since an answer: its word about the time still holds


@dataclass(frozen=True, slots=True)
class _Heard:
    """An answer, and when it came by each of our clocks: one may be set, the other stands still in sleep."""

    reply: Reply
    at: datetime
    ticks: float  # seconds

    def is_fresh(self, at: datetime, ticks: float) -> bool:
        """Whether by both clocks no more than a moment has passed."""
        passed = timedelta(seconds=ticks - self.ticks)
        return timedelta() <= at - self.at < _FRESH and passed < _FRESH


class SendGrid:
    """Hands letters to SendGrid. Safe to share by threads.

    `mode` is the measuring mode: clicks are counted where it is `provider`. Raises UsageError where there is
    no key, InputError for an address that the key must not be sent to.
    """

    def __init__(
        self,
        settings: SendGridSettings,
        mode: str = "none",
        *,
        tls: ssl.SSLContext | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._choices = payload.Choices(
            clicks=mode == "provider",
            provider_unsubscribes=settings.unsubscribe == "provider",
            sandbox=settings.sandbox,
        )
        self._now, self._ticks = now, ticks
        self._heard: _Heard | None = None
        self._calls = Calls(settings, tls)
        self._api = client(settings, self._calls)
        self._frames = _Frames(self._choices)
        self.features = Features(
            "sendgrid",
            carries=Carries.CONTENT,
            answers=True,
            holds=True,
            chunk=settings.chunk,
            workers=settings.workers,
            passing=True,
            local=is_loopback(endpoint(settings)),
            settings=f"region {settings.region}, {self._choices.told}",
        )

    def attempt(self, parcel: Parcel) -> Mapping[str, Answer]:
        """Hand the parcel over in one request; `answers` has the table. Raises TransportFailed."""
        frame = self._frames.of(parcel.letter)
        people: dict[str, dict[str, Any]] = {}
        told: dict[str, Answer] = {}
        for one in parcel.chunk.deliveries:
            try:
                people[one.id] = payload.person(frame, one, parcel.personal[one.id])
            except payload.Unfit as unfit:
                told[one.id] = Answer(Outcome.REJECTED, str(unfit))
        if not people:
            return told
        body = payload.body(frame, list(people.values()), parcel.chunk.sending, parcel.batch)
        return {**told, **self._posted(body, list(people))}

    def ask(self, deliveries: Sequence[Delivery], since: datetime) -> Mapping[str, Answer | None]:
        """What the provider's logs say, up to 30 days back; what they do not hold is absent, never None.

        The logs lag: a letter may show minutes after it left. Raises TransportFailed.
        """
        ours, theirs = self._now(), self.clock()  # rows are dated by theirs, `since` is by ours
        begin, end = min(since, since + (theirs - ours)), max(ours, theirs)
        return logs.asked(deliveries, begin, end, self._search, self._details)

    def clock(self) -> datetime:
        """The provider's clock: by its answer to the last parcel, if that has just come; else it is asked.

        Raises TransportFailed.
        """
        heard = self._heard
        if heard and heard.is_fresh(self._now(), self._ticks()) and "date" in heard.reply.headers:
            return clock(heard.reply)
        return holds.told_time(self._api)

    def open_batch(self) -> str:
        """The name of a new batch. Raises TransportFailed."""
        return holds.opened(self._api)

    def cancel(self, batch: str) -> datetime:
        """Let none of the batch leave; when it was confirmed, by the provider's clock.

        Raises TransportFailed where it was not.
        """
        return holds.cancelled(self._api, batch)

    def release(self, batch: str) -> None:
        """Give back the name of a batch that was cancelled and thrown away. Raises TransportFailed.

        Before its `send_at` this would let its letters leave after all.
        """
        holds.released(self._api, batch)

    def domain_authentications(self) -> Sequence[DomainAuthentication]:
        """What SendGrid says of the senders' domains that were set up with it. Raises TransportFailed.

        It needs a key that may read `whitelabel`, which sending does not.
        """
        return domains.authentications(_told(holds.heard(lambda: self._api.whitelabel.domains.get())))

    def close(self) -> None:
        """Give back connections."""
        self._calls.close()

    def _posted(self, body: bytes, ids: Sequence[str]) -> Mapping[str, Answer]:
        try:
            reply: Reply = self._api.mail.send.post(body)
        except Lost as lost:
            return dict.fromkeys(ids, Answer(Outcome.UNKNOWN, str(lost)))
        if reply.status in (200, 202):  # the provider's own; what stands between may answer with a time too
            self._heard = _Heard(reply, self._now(), self._ticks())
        return answers(reply, ids, sandbox=self._choices.sandbox)

    def _search(self, query: str) -> Sequence[logs.Row]:
        body = json.dumps({"query": query, "limit": logs.MOST_ROWS}).encode()
        told = _told(holds.heard(lambda: self._api.logs.post(body)))
        rows = told.get("messages") if isinstance(told, dict) else None
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise TransportFailed("SendGrids logg svarade med något som inte går att läsa.")
        return rows

    def _details(self, sg_message_id: str) -> logs.Row:
        reply = holds.heard(lambda: self._api.logs._(sg_message_id).get())
        told = {} if reply.status == 404 else _told(reply)
        return told if isinstance(told, dict) else {}


class _Frames:
    """The editions that were encoded last; any thread may ask."""

    def __init__(self, choices: payload.Choices) -> None:
        self._choices = choices
        self._lock = Lock()
        self._kept: OrderedDict[tuple[str, str], payload.Frame] = OrderedDict()

    def of(self, letter: Letter) -> payload.Frame:
        """The edition, encoded; the same letter is encoded once."""
        key = letter.issue, letter.edition
        with self._lock:
            frame = self._kept.pop(key, None)
            if frame is None or (frame.letter is not letter and frame.letter != letter):
                frame = payload.frame(letter, self._choices)
            self._kept[key] = frame
            if len(self._kept) > _FRAMES:
                self._kept.popitem(last=False)
        return frame


def _told(reply: Reply) -> Any:  # noqa: ANN401  (JSON is whatever it is)
    if reply.status != 200:
        raise failure(reply)
    return fields(reply)
