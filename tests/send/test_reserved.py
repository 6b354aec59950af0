"""Addresses that are examples never meet a transport that leaves the machine."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from newsletter import config
from newsletter.errors import InputError
from newsletter.model.transport import Features
from newsletter.pipeline.send import Ports, send
from newsletter.testing.mailer import FakeMailer
from tests.send.world import ISSUE, SETTINGS, TEXT, World, lay_out

OURS = SETTINGS.replace(".example", ".se")


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(lay_out(tmp_path), mailer=FakeMailer(features=Features("smtp", chunk=2)))
    world.folder.write({f"content/issues/{ISSUE}/issue.md": TEXT.replace(".example", ".se").encode()})
    return world


def ports(world: World, toml: str) -> Ports:
    return replace(world.ports(), settings=config.parse(toml))


def real_people(world: World) -> None:
    people = [
        replace(one, address=one.address.replace("example.org", "kommun.se"))
        for one in world.store.people.everyone()
    ]
    world.store.people.put(people, at=world.clock.now(), command="test")


@pytest.mark.parametrize(
    ("example", "told"),
    [
        ('address = "nyhetsbrev@bergslaget.se"', "Avsändaren"),
        ('reply_to = "kansli@bergslaget.se"', "Svarsadressen"),
        ('mailbox = "avsluta@bergslaget.se"', "Brevlådan för avregistrering"),
    ],
)
def test_ours(world: World, example: str, told: str) -> None:
    """A sender, reply address or mailbox that is an example's is refused, named and placed."""
    real_people(world)
    toml = OURS.replace(example, example.replace(".se", ".example"))
    with pytest.raises(InputError, match=f"{told} .*exempeladress") as caught:
        send(ISSUE, ports(world, toml), confirm=ISSUE)
    assert str(caught.value.where) == "newsletter.toml"
    assert world.equation() is None


def test_readers(world: World) -> None:
    """Readers with example addresses are counted and refused; nothing is planned."""
    with pytest.raises(InputError, match="5 mottagare har exempeladresser"):
        send(ISSUE, ports(world, OURS), confirm=ISSUE)
    assert world.equation() is None
    assert not world.mailer.letters


def test_real_ones(world: World) -> None:
    """Where all are real the letters go."""
    real_people(world)
    send(ISSUE, ports(world, OURS), confirm=ISSUE).raise_if_partly()
    assert len(world.mailer.letters) == 5


def test_on_this_machine(world: World) -> None:
    """A transport that stays on the machine takes examples."""
    world.mailer = FakeMailer()
    send(ISSUE, world.ports(), confirm=ISSUE).raise_if_partly()
