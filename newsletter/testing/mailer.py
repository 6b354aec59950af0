"""A Mailer that keeps letters in memory and fails on order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from newsletter.errors import TransportFailed
from newsletter.model.delivery import Delivery
from newsletter.model.transport import Answer, Features, Outcome, Outgoing, Parcel


class Fault(Enum):
    """What may go wrong with one letter."""

    REJECT = "reject"  # it is refused
    LOSE_ANSWER = "lose-answer"  # it left, and nobody heard
    CRASH_BEFORE = "crash-before"  # the sender dies before it left
    CRASH_AFTER = "crash-after"  # the sender dies just after it left
    REFUSE_ALL = "refuse-all"  # the transport cannot work at all
    DEFER = "defer"  # it is put off: not now, perhaps later


class Crashed(BaseException):
    """The sender died here; a BaseException, so that no careful handler survives it by mistake."""


@dataclass
class FakeMailer:
    """The Mailer port. `faults` gives the fault of the nth letter tried, from 0; what left is counted."""

    faults: Mapping[int, Fault] = field(default_factory=dict)
    letters: dict[str, Outgoing] = field(default_factory=dict)
    times: Counter[str] = field(default_factory=Counter)  # delivery → how often it left
    rejected: set[str] = field(default_factory=set)
    tried: int = 0
    can_tell: Callable[[str], bool] = lambda delivery: True  # whether asking gives an answer

    features: Features = field(default_factory=lambda: Features("outbox", answers=True, chunk=2, local=True))

    def attempt(self, parcel: Parcel) -> Mapping[str, Answer]:
        """Let each letter leave, but for the faults. Raises TransportFailed, Crashed."""
        answers: dict[str, Answer] = {}
        for letter in parcel.letters:
            fault = self.faults.get(self.tried)
            self.tried += 1
            if fault is Fault.REFUSE_ALL and not answers:
                raise TransportFailed("Transporten svarar inte.")
            answer = self._one(letter, fault)
            if answer is not None:
                answers[letter.delivery] = answer
        return answers

    def ask(self, deliveries: Sequence[Delivery], since: datetime) -> Mapping[str, Answer | None]:
        """What is known of each; a letter that `can_tell` knows nothing of is absent."""
        return {one.id: self._known(one.id) for one in deliveries if self.can_tell(one.id)}

    def close(self) -> None:
        """Nothing is held open."""

    def _one(self, letter: Outgoing, fault: Fault | None) -> Answer | None:
        if fault is Fault.REJECT:
            self.rejected.add(letter.delivery)
            return Answer(Outcome.REJECTED, "550 refused")
        if fault is Fault.DEFER:
            return Answer(Outcome.DEFERRED, "450 try again later")
        if fault is Fault.CRASH_BEFORE:
            raise Crashed
        self.letters[letter.delivery] = letter
        self.times[letter.delivery] += 1
        if fault is Fault.CRASH_AFTER:
            raise Crashed
        return None if fault is Fault.LOSE_ANSWER else Answer(Outcome.ACCEPTED)

    def _known(self, delivery: str) -> Answer | None:
        if delivery in self.letters:
            return Answer(Outcome.ACCEPTED)
        return Answer(Outcome.REJECTED, "550 refused") if delivery in self.rejected else None
