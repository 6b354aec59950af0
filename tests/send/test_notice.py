"""The first letter says where the address came from, in both parts, and no later one does."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from newsletter import send as stage
from newsletter.errors import StateError
from newsletter.model.people import Mandate, Role
from newsletter.model.settings import ListWords
from newsletter.pipeline.send import send
from newsletter.testing import builders
from newsletter.testing.mailer import Crashed
from tests.send.world import ISSUE, TEXT, Point, World, lay_out

FIRST = "Det här är det första brevet till dig."
ANNA = builders.recipient(1, Mandate(Role.CHAIR, "falun", "Styrelser"))


def parts(data: bytes) -> list[str]:
    """The letter's text part and its page."""
    message = message_from_bytes(data, policy=policy.default)
    return [part.get_content() for part in message.walk() if part.get_content_maintype() == "text"]


def test_the_lists_own_words() -> None:
    """Where the settings have words for the list they are used; else its name and the recorded basis."""
    words = {"styrelser": ListWords("Falu kommuns kansli.", "allmänt intresse")}
    assert stage.notice(ANNA, words, "sv") == (
        f"{FIRST} Vi fick din adress från Falu kommuns kansli. Rättslig grund: allmänt intresse."
    )
    assert "från listan ”Styrelser”. Rättslig grund: berättigat intresse." in stage.notice(ANNA, {}, "sv")


def test_the_first_letter_says_it_once(tmp_path: Path) -> None:
    """Both parts of the first letter say it; the next issue's letters do not."""
    world = World(lay_out(tmp_path))
    send(ISSUE, world.ports(), confirm=ISSUE)
    first = [parts(one.data) for one in world.mailer.letters.values()]
    assert [all(FIRST in part for part in both) for both in first] == [True] * 5
    later = "2026-3"
    text = TEXT.replace(ISSUE, later).replace("Nytt från", "Mer från").encode()
    world.folder.write({f"content/issues/{later}/issue.md": text})
    before = set(world.mailer.letters)
    send(later, world.ports(), confirm=later)
    second = [parts(one.data) for id, one in world.mailer.letters.items() if id not in before]
    assert len(second) == 5
    assert not [part for both in second for part in both if FIRST in part or "{{" in part]


def test_its_words_are_part_of_what_was_approved(tmp_path: Path) -> None:
    """Where a list's words change between the plan and the sending, the sending stops."""
    world = World(lay_out(tmp_path))
    with pytest.raises(Crashed):
        send(ISSUE, world.ports(Point(at=6)), confirm=ISSUE)
    ports = world.ports()
    changed = replace(ports.settings, lists={"prov": ListWords("kommunen", "uppdrag")})
    with pytest.raises(StateError, match="inte längre det"):
        send(ISSUE, replace(ports, settings=changed), confirm=ISSUE)
    send(ISSUE, ports, confirm=ISSUE)


def test_it_can_neither_end_a_line_nor_bring_markup(tmp_path: Path) -> None:
    """Words that somebody wrote into a list are text in the letter, whatever they look like."""
    world = World(lay_out(tmp_path))
    ports = world.ports()
    words = {
        one.mandates[0].list.casefold(): ListWords("<b>x</b>\r\nBcc: y", "z")
        for one in world.store.people.everyone()
    }
    send(ISSUE, replace(ports, settings=replace(ports.settings, lists=words)), confirm=ISSUE)
    for one in world.mailer.letters.values():
        text, page = parts(one.data)
        assert "<b>x</b> Bcc: y" in text
        assert "&lt;b&gt;x&lt;/b&gt; Bcc: y" in page
