"""Asking the spam filter of this machine about each letter, as one of its readers would get it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from newsletter import send as stage
from newsletter.model.delivery import Delivery
from newsletter.model.finding import SpamVerdict
from newsletter.model.letter import Letter, Mark
from newsletter.model.settings import Settings
from newsletter.pipeline.letters import telling
from newsletter.ports import SpamFilter

_READER = Delivery(
    id="0123456789abcdef01234567",
    sending="",
    recipient="",
    address="anna.andersson@example.org",
    name="Anna Andersson",
    edition="",
    member="",
    county="",
    group="",
    chunk=0,
)


def verdicts(
    letters: Sequence[Letter], spam: SpamFilter, *, settings: Settings, now: datetime
) -> Mapping[str, SpamVerdict]:
    """The filter's verdict by edition, for the few that show every block. Raises OutsideError."""
    few = [letters[number] for number in telling(letters)]
    sent = [sample(letter, settings=settings, now=now) for letter in few]
    return dict(zip((letter.edition for letter in few), spam.verdicts(sent), strict=True))


def sample(letter: Letter, *, settings: Settings, now: datetime) -> bytes:
    """The letter's bytes for an invented reader."""
    marks = {
        **stage.marks(_READER, {}, settings.unsubscribe_mailbox),
        Mark.MEMBER: settings.association.short_name,
    }
    return stage.outgoing(stage.template(letter), _READER, marks, now).data
