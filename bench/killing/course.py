"""One run: send, kill, look, go on, until all is done; then the server's record beside the ledger.

Every draw comes from the run's seed. What a seed cannot fix is which of a sender's threads is quicker, so a
run that is repeated kills at the same bytes, and may find others of the letters under way.
"""

from __future__ import annotations

import random
import shutil
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bench.killing import books, workspace
from bench.killing.books import Look
from bench.killing.provider import PROVIDERS, Provider
from bench.killing.sender import Ended, Sender
from bench.killing.trap import Draw, Moment
from bench.killing.workspace import ISSUE
from newsletter.model.delivery import DeliveryState

_MOST_STARTS = 60  # of the program; a run that needs more gets nowhere
_NO_ROOM = ("Inget mer kan lämnas över", "kan inte hålla tillbaka fler")  # all ten names are in use
_WEIGHTS = {Moment.BYTES: 4, Moment.ANSWER: 3, Moment.ANSWERED: 2, Moment.SECONDS: 2}
_MANY = 0.1  # of the runs have three times as many kills
_LONGEST_DELAY = 0.03  # seconds between what is counted and the kill


@dataclass(frozen=True, slots=True)
class Scale:
    """What a sending without kills amounts to: kills are drawn as shares of it."""

    counted: Mapping[Moment, int]
    seconds: float


@dataclass(frozen=True, slots=True)
class Found:
    """What came of one run."""

    via: str
    seed: int
    kills: int = 0
    under_way: int = 0  # kills that found letters under way
    letters: int = 0  # that the server was handed, also those that were taken back
    lost: int = 0
    twice: int = 0
    in_doubt: int = 0  # after a kill, at most
    bound: int = 0  # what in_doubt may be at most
    doubts: int = 0  # after all kills together
    by_person: int = 0  # of them, what nobody could be asked about
    held: int = 0  # times that all names for taking back were in use, and the program held
    faults: int = 0
    seconds: float = 0.0
    wrong: tuple[str, ...] = ()


@dataclass
class Course:
    """One run in a folder of its own."""

    template: Path
    folder: Path
    via: str
    seed: int
    most_kills: int
    scale: Scale | None = None  # None: no kill, nothing goes wrong
    _seen: Counter[str] = field(default_factory=Counter)
    _wrong: list[str] = field(default_factory=list)
    _in_doubt: int = 0
    _is_late: bool = False  # so much time went by that letters in doubt could not be taken back

    def __post_init__(self) -> None:
        """Draw what kind of run it is."""
        self._draw, self._weights = random.Random(f"{self.via} {self.seed}"), dict(_WEIGHTS)
        self._kills_left = self._draw.randint(1, self.most_kills) if self.scale else 0
        if self.scale and self.most_kills > 2 and self._draw.random() < _MANY:
            self._kills_left *= 3  # so many that all names for taking back are in use
            self._weights[Moment.SECONDS] = 0  # a quick machine may be done before that
        self._faulty = bool(self.scale) and self._draw.random() < 0.35
        self._absent = bool(self.scale) and self.via == "sendgrid" and self._draw.random() < 0.2

    def run(self) -> Found:
        """Send until all is done; the folder is kept where something is wrong."""
        begun = time.monotonic()
        with PROVIDERS[self.via](self._draw, faulty=self._faulty) as provider:
            self._begin(provider)
            self._send(provider)
            lost, twice, by_person = self._compared(provider)
            letters, faults = provider.handed_over(), provider.faults.struck.total()
        if not self._wrong:
            shutil.rmtree(self.folder)
        return Found(
            self.via, self.seed, self._seen["kills"], self._seen["under way"], letters, lost, twice,
            self._in_doubt, self._bound, self._seen["doubts"], by_person, self._seen["held"], faults,
            time.monotonic() - begun, tuple(self._wrong),
        )  # fmt: skip

    def measured(self) -> Scale:
        """What this run amounted to: one without kills."""
        with PROVIDERS[self.via](self._draw, faulty=False) as provider:
            self._begin(provider)
            ended = self._sender.run(*self._words(Look()))
            self._compared(provider)
            counted = dict(provider.trap.counted)
        if ended.status or self._wrong:
            raise SystemExit(f"A sending without any kill went wrong: {self._wrong}\n{ended.words}")
        shutil.rmtree(self.folder)
        return Scale(counted, ended.seconds)

    def _begin(self, provider: Provider) -> None:
        self.folder.mkdir(parents=True)
        self._root = workspace.copied(self.template, self.folder / "workspace", provider.port)
        self._bound = books.in_flight_at_most(self._root, self.via)
        hurried = time.time() if self._faulty and self.via == "smtp" else 0.0
        journal, bytecode = self.folder / "journal.txt", self.template.parent / "bytecode"
        self._sender = Sender(self._root, provider.environment, journal, bytecode, hurried)
        if self._faulty:
            provider.trouble(self.seed)

    def _send(self, provider: Provider) -> None:
        """Start the program again and again until it has done what it can."""
        now = Look()
        for _ in range(_MOST_STARTS):
            draw = self._next_kill(now) if self._kills_left else None
            ended = self._sender.run(*self._words(now), trap=provider.trap, draw=draw)
            self._kills_left -= bool(draw)
            now = self._looked(ended)
            if self._is_done(provider, now, ended):
                return
            self._pass_time(provider, ended, now)
        self._wrong.append(f"it is not done after {_MOST_STARTS} starts: {dict(now.counts)}")

    def _words(self, now: Look) -> tuple[str, ...]:
        if not now.state:
            return "send", ISSUE, "--via", self.via, "--confirm", ISSUE
        return "resume", ISSUE

    def _next_kill(self, now: Look) -> Draw:
        """The next kill, somewhere in what is left to do."""
        assert self.scale
        moment = self._draw.choices(list(self._weights), list(self._weights.values()))[0]
        if moment is Moment.SECONDS:
            return Draw(moment, self._draw.uniform(0.0, self.scale.seconds / 2))  # mostly starting up
        reach = min(1.0, 2.0 / self._kills_left)  # the more there are to come, the sooner
        left = now.number("waiting") + now.number("attempting") + now.number("unknown")
        share = reach * (left / now.number("candidates") if now.state else 1.0)
        delay = self._draw.choice((0.0, self._draw.uniform(0.0, _LONGEST_DELAY)))
        return Draw(moment, 1 + self._draw.random() * share * self.scale.counted[moment], delay)

    def _looked(self, ended: Ended) -> Look:
        """What the ledger says after a process has ended; what that must not be is wrong."""
        now = books.look(self._root)
        under_way = now.number("attempting")
        if ended.killed:
            self._seen.update({"kills": 1, "under way": bool(under_way), "doubts": under_way})
            self._in_doubt = max(self._in_doubt, under_way)
        elif under_way:
            self._wrong.append(f"{under_way} letters are attempting, and no sender lives")
        if not now.holds:
            self._wrong.append(f"the equation does not hold: {dict(now.counts)}")
        if under_way > self._bound:
            self._wrong.append(f"{under_way} letters in doubt after a kill, at most {self._bound} may be")
        if not ended.killed and (ended.status not in (0, 1, 5) or "Traceback" in ended.words):
            self._wrong.append(f"the program ended with {ended.status}: {ended.words[-500:]}")
        return now

    def _is_done(self, provider: Provider, now: Look, ended: Ended) -> bool:
        if self._wrong:
            return True
        if now.state == "done" or (ended.status == 0 and not ended.killed):
            return True
        open_ones = now.number("waiting") + now.number("attempting")
        can_be_settled = provider.can_be_asked and not self._is_late and now.number("unknown")
        return ended.status == 5 and not open_ones and not can_be_settled

    def _pass_time(self, provider: Provider, ended: Ended, now: Look) -> None:
        """Let time go by where the program has to wait, and sometimes where it is dead for long."""
        held = ended.status == 1 and any(words in ended.words for words in _NO_ROOM)
        away = ended.killed and self._absent and self._draw.random() < 0.5
        self._seen["held"] += held
        if held or away:
            self._is_late |= bool(now.number("unknown") + now.number("attempting"))
            provider.later()

    def _compared(self, provider: Provider) -> tuple[int, int, int]:
        """The record beside the ledger: lost, twice, and what a person had to decide; then all settled."""
        provider.calm()
        lost, twice = self._judged(provider)
        if self._is_late:  # the logs are asked once more, now that they lag no longer
            self._looked(self._sender.run("resolve", ISSUE))
        open_ones = [who for who, state in books.rows(self._root).items() if state is DeliveryState.UNKNOWN]
        if open_ones and provider.can_be_asked and not self._is_late:
            self._wrong.append(f"{len(open_ones)} letters are unknown, though they could be asked for")
        explained = self._seen["doubts"] + provider.faults.struck.total()  # each takes one answer at most
        if not provider.can_be_asked and len(open_ones) > explained:
            self._wrong.append(f"{len(open_ones)} letters are unknown, and {explained} were under way")
        if open_ones and not self._wrong:
            self._settle(provider, open_ones)
        return lost, twice, len(open_ones)

    def _settle(self, provider: Provider, unknown: list[str]) -> None:
        """A person says what the server's record says of each, and the rest is sent."""
        record = provider.record()
        self._decided("--left", [who for who in unknown if record[who]])
        if never := [who for who in unknown if not record[who]]:
            self._decided("--again", never)
            self._looked(self._sender.run("resume", ISSUE))
        self._judged(provider)
        if left := [who for who, state in books.rows(self._root).items() if state not in _ENDS]:
            self._wrong.append(f"{len(left)} letters have no end after a person has decided")

    def _decided(self, verdict: str, who: list[str]) -> None:
        """A person who has read the server's own log says what became of these."""
        words = [word for one in who for word in (verdict, one)]
        if words:
            self._looked(self._sender.run("resolve", ISSUE, *words, "--because", "Serverns egen logg."))

    def _judged(self, provider: Provider) -> tuple[int, int]:
        """How many are lost, and how many got it twice."""
        provider.later()
        record = provider.record()
        rows = books.rows(self._root)
        lost = [who for who, state in rows.items() if state in _MUST_HAVE and not record[who]]
        twice = [who for who, number in record.items() if number > 1]
        self._wrong.extend(_named("lost", lost) | _named("got it twice", twice) | self._odd(record, rows))
        return len(lost), len(twice)

    def _odd(self, record: Counter[str], rows: Mapping[str, DeliveryState]) -> set[str]:
        refused = [who for who, state in rows.items() if state in _MUST_NOT_HAVE and record[who]]
        strangers = [who for who in record if who not in rows]
        return _named("rejected or waiting, and left all the same", refused) | _named("strangers", strangers)


_MUST_HAVE = {DeliveryState.ACCEPTED, DeliveryState.WAITING, DeliveryState.ATTEMPTING}
_MUST_NOT_HAVE = {DeliveryState.REJECTED, DeliveryState.WAITING, DeliveryState.CANCELLED}
_ENDS = {DeliveryState.ACCEPTED, DeliveryState.REJECTED, DeliveryState.EXCLUDED}


def _named(what: str, who: list[str]) -> set[str]:
    return {f"{len(who)} {what}: {', '.join(who[:5])}"} if who else set()


def courses(
    template: Path, folder: Path, via: str, seeds: range, kills: int, scale: Scale
) -> Iterator[Found]:
    """A run for each seed."""
    for seed in seeds:
        yield Course(template, folder / f"{via}-{seed}", via, seed, kills, scale).run()
