"""The answers that are known, and the questions that a judgement met without an answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from newsletter.model.domain import MailExchanger, NameAnswer, Question, RecordType

_UNASKED = NameAnswer(trouble="inte tillfrågad")
_LONGEST = 253  # characters of a name; a label has at most 63 (RFC 1035, 2.3.4)
_LABEL = 63


@dataclass
class Zone:
    """DNS as far as it was asked. Reading what is not there notes the question, and gives trouble."""

    answers: Mapping[Question, NameAnswer]
    unasked: set[Question] = field(default_factory=set)

    def answer(self, type_: RecordType, name: str) -> NameAnswer:
        """What the look-up gave; a name that cannot be one does not exist, and is not asked for."""
        name = name.rstrip(".").lower()
        if not is_name(name):
            return NameAnswer(exists=False)
        question = Question(type_, name)
        if question not in self.answers:
            self.unasked.add(question)
            return _UNASKED
        return self.answers[question]

    def txt(self, name: str) -> NameAnswer:
        """TXT records."""
        return self.answer(RecordType.TXT, name)

    def mx(self, name: str) -> NameAnswer:
        """Mail exchangers."""
        return self.answer(RecordType.MX, name)

    def cname(self, name: str) -> NameAnswer:
        """The alias."""
        return self.answer(RecordType.CNAME, name)

    def addresses(self, name: str) -> NameAnswer:
        """IPv4 and IPv6 addresses."""
        return self.answer(RecordType.ADDRESS, name)

    def exchangers(self, name: str) -> tuple[MailExchanger, ...]:
        """Mail exchangers, without the rest of the answer."""
        return self.mx(name).exchangers


def is_name(name: str) -> bool:
    """Whether the text can be asked for at all."""
    labels = name.split(".")
    fits = 0 < len(name) <= _LONGEST and all(0 < len(label) <= _LABEL for label in labels)
    return fits and all("!" <= char <= "~" and char not in '\\"' for char in name)
