"""Simulated readers and scanners, seeded, in the shape of SendGrid's events, with the truth beside them.

Nothing here touches the world: letters in, events out. The burst's clock follows 836 recorded bursts of
security scanners: the median comes 43 s after sending, 0.5 % within 10 s, 31 % after a minute. Every
event says `simulated`, so that no report can take it for a real one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from random import Random

from newsletter.model.delivery import Delivery, Sending
from newsletter.track import content_links

BROWSER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Mobile Safari/604.1"
NAMED_SCANNER = "BarracudaCentral/2.0 link scan"

HARD, SOFT, BLOCKED, DEFERRED = 0.019, 0.009, 0.005, 0.03
SCANNED_MEMBERS = 0.5  # behind a scanner that opens everything
SCANNED_LETTERS = 0.85  # of the letters there
GATEWAY_MEMBERS = 0.15  # behind one that opens a link just before the person does
STRAGGLERS = 0.12  # of the bursts have one more look at a link, seconds later
LAST_SECONDS = 6 * 86_400.0  # what is read later than this is not simulated
LEAVE, COMPLAIN = 0.003, 0.0006
BURST_MEDIAN, BURST_SPREAD, BURST_EARLY = 43.0, 0.66, 0.005

# How many of a group read on at all, and how much a county differs.
INTEREST = {"politiker": 0.19, "tjanstepersoner": 0.26, "foreningen": 0.3, "partner": 0.25, "media": 0.2}
COUNTIES = {"Dalarna": 1.12, "Örebro": 1.02, "Gävleborg": 0.95, "Västmanland": 0.9, "Värmland": 0.85}

# What a group would rather read, by topic; 1 where nothing is said.
TASTES = {
    "politiker": {"infrastruktur": 1.6, "eu": 0.7, "medlem": 1.3, "gruv-stal": 1.1},
    "tjanstepersoner": {"projekt": 1.6, "eu": 1.5, "industri": 1.3, "infrastruktur": 0.9},
}


@dataclass(frozen=True, slots=True)
class Simulated:
    """One letter: its events, and the truth that no report can see."""

    delivery: str
    events: tuple[dict[str, object], ...]
    read: frozenset[str]  # blocks that the person really opened


def events(
    sending: Sending, deliveries: Iterable[Delivery], *, seed: int, sent_at: datetime
) -> Iterator[dict[str, object]]:
    """The events of all letters, as the provider would hand them over."""
    for letter in letters(sending, deliveries, seed=seed, sent_at=sent_at):
        yield from letter.events


def letters(
    sending: Sending, deliveries: Iterable[Delivery], *, seed: int, sent_at: datetime
) -> Iterator[Simulated]:
    """What becomes of each letter; it hangs on the seed and the address, not on the order or on ids."""
    for delivery in deliveries:
        yield _Letter(sending, delivery, seed, sent_at.timestamp()).lived()


class _Letter:
    """One letter on its way; `rng` is its own."""

    def __init__(self, sending: Sending, delivery: Delivery, seed: int, sent: float) -> None:
        self.sending, self.delivery, self.sent = sending, delivery, sent
        self.rng = Random(f"{seed}:{sending.issue}:{delivery.address}")
        self.house = Random(f"{seed}:{delivery.member}")
        self.events: list[dict[str, object]] = []
        self.links = content_links(sending, delivery.edition)
        self.scanned, self.gateway = self._guards()
        self.named = self.house.random() < 0.2

    def _guards(self) -> tuple[bool, bool]:
        chance = self.house.random()
        return chance < SCANNED_MEMBERS, SCANNED_MEMBERS <= chance < SCANNED_MEMBERS + GATEWAY_MEMBERS

    def lived(self) -> Simulated:
        if not self._arrives():
            return self._done(frozenset())
        if self.scanned and self.rng.random() < SCANNED_LETTERS:
            self._burst()
        read = self._read()
        self._leave()
        return self._done(read)

    def _done(self, read: frozenset[str]) -> Simulated:
        ordered = sorted(self.events, key=lambda event: (event["timestamp"], event["sg_event_id"]))
        return Simulated(self.delivery.id, tuple(ordered), read)

    def _note(self, event: str, at: float, **more: str) -> None:
        name = f"{self.delivery.id}:{len(self.events)}:{event}"
        row: dict[str, object] = {
            "event": event,
            "sg_event_id": hashlib.sha256(name.encode()).hexdigest()[:22],
            "timestamp": int(self.sent + at),
            "delivery": self.delivery.id,
            "simulated": True,
        }
        self.events.append(row | more)

    def _arrives(self) -> bool:
        chance, at = self.rng.random(), self.rng.uniform(1, 40)
        if self.rng.random() < DEFERRED:
            self._note("deferred", at, response="451 4.7.1 Try again later", attempt="1")
            at += self.rng.uniform(300, 7200)
        failures = (
            (HARD, "bounce", "5.1.1", "550 5.1.1 The email account that you tried to reach does not exist"),
            (SOFT, "bounce", "4.2.2", "452 4.2.2 Mailbox full"),
            (BLOCKED, "blocked", "5.7.1", "550 5.7.1 Message rejected by policy"),
        )
        for share, kind, status, reason in failures:
            if chance < share:
                self._note("bounce", at, type=kind, status=status, reason=reason)
                return False
            chance -= share
        self._note("delivered", at, response="250 2.0.0 OK")
        return True

    def _burst(self) -> None:
        """A scanner opens every link, a few a second."""
        at = self._burst_start()
        agent = NAMED_SCANNER if self.named else BROWSER
        for url in self.rng.sample(sorted(self.links), len(self.links)):
            self._note("click", at, url=url, useragent=agent)
            at += self.rng.uniform(0.05, 0.45)
        if self.rng.random() < STRAGGLERS:
            at += self.rng.uniform(4, 45)
            self._note("click", at, url=self.rng.choice(sorted(self.links)), useragent=agent)

    def _burst_start(self) -> float:
        if self.rng.random() < BURST_EARLY:
            return self.rng.uniform(3, 10)
        at = BURST_MEDIAN * self.rng.lognormvariate(0, BURST_SPREAD)
        return at if at > 10 else self.rng.uniform(10, BURST_MEDIAN)

    def _read(self) -> frozenset[str]:
        """The person opens one to four links, within days rather than minutes."""
        group, county = self.delivery.group, self.delivery.county
        if not self.links or self.rng.random() >= INTEREST.get(group, 0.2) * COUNTIES.get(county, 1.0):
            return frozenset()
        at = min(120 + self.rng.lognormvariate(9.2, 1.5), LAST_SECONDS * self.rng.uniform(0.5, 1))
        agent = self.rng.choice((BROWSER, PHONE))
        opened = self._wanted()
        for url in opened:
            if self.gateway:
                self._note("click", at - self.rng.uniform(1, 3), url=url, useragent=BROWSER)
            self._note("click", at, url=url, useragent=agent)
            at += self.rng.uniform(25, 400)
        return frozenset(self.links[url] for url in opened)

    def _wanted(self) -> list[str]:
        """Links by taste: by topic, and by how high they stand in the letter."""
        taste = TASTES.get(self.delivery.group, {})
        left = {
            url: taste.get(self.sending.topics.get(block, ""), 1.0) / (1 + 0.12 * place)
            for place, (url, block) in enumerate(self.links.items())
        }
        chosen: list[str] = []
        for _ in range(min(len(left), self.rng.choice((1, 1, 1, 2, 2, 3, 4)))):
            chosen += self.rng.choices(list(left), weights=list(left.values()))
            del left[chosen[-1]]
        return chosen

    def _leave(self) -> None:
        at = min(3600 + self.rng.lognormvariate(9.5, 1.0), LAST_SECONDS)
        chance = self.rng.random()
        if chance < COMPLAIN:
            self._note("spamreport", at)
        elif chance < COMPLAIN + LEAVE:
            self._note("unsubscribe", at)
