"""SendGrid as a Mailer: the contract, what is in a request, and what the provider's record says of it."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from newsletter.edges.sendgrid import SendGrid
from newsletter.errors import InputError, TransportFailed, UsageError
from newsletter.model.settings import SendGridSettings
from newsletter.model.transport import Carries, Outcome
from newsletter.ports import Holding, Mailer
from newsletter.testing import builders
from newsletter.testing.sendgrid import LetterState, SendGridServer
from tests.outbox.contract import MailerContract
from tests.sendgrid.sending import ILLUSTRATED, LEAVES_AT, bodies, mailer_of, parcel


class TestContract(MailerContract):
    """The contract over the edge and a local provider; `mailer` is in conftest."""


def test_holds(mailer: SendGrid) -> None:
    """The edge is both a Mailer and what can be told of batches."""
    parts: tuple[Mailer, Holding] = (mailer, mailer)
    assert all(part is mailer for part in parts)


def test_features(server: SendGridServer) -> None:
    """What it can do follows the settings, and what readers or the law could tell apart is in words."""
    features = mailer_of(server, chunk=7, workers=3).features
    assert (features.name, features.carries, features.chunk, features.workers) == (
        "sendgrid",
        Carries.CONTENT,
        7,
        3,
    )
    assert features.holds
    assert features.local
    assert features.settings == "region eu, opens off, clicks off, unsubscribe mailbox, sandbox off"


@pytest.mark.parametrize(
    "changes", [{"region": "global"}, {"unsubscribe": "provider"}, {"sandbox": True}, {"mode": "provider"}]
)
def test_what_is_approved_changes_with_the_settings(
    server: SendGridServer, changes: dict[str, object]
) -> None:
    """Region, door, sandbox and measuring are part of what is approved."""
    mode = str(changes.pop("mode", "none"))
    assert mailer_of(server, mode, **changes).features.settings != mailer_of(server).features.settings


def test_regions() -> None:
    """The EU has its own address, and neither region is this machine."""
    for region, host in (("eu", "api.eu.sendgrid.com"), ("global", "api.sendgrid.com")):
        mailer = SendGrid(SendGridSettings(region=region, api_key="SG.x"))
        assert mailer._api.host == f"https://{host}"
        assert not mailer.features.local


@pytest.mark.parametrize(
    "url",
    [
        "http://api.sendgrid.com",
        "ftp://127.0.0.1",
        "https://",
        "https://x@127.0.0.1",
        "https://api.sendgrid.com/v3",
        "http://127.0.0.1.example.org",
        "https://[",
    ],
)
def test_key_goes_nowhere_else(url: str) -> None:
    """An address that is not https, or holds more than a host, is refused before anything is sent."""
    with pytest.raises(InputError, match="SendGrid kan inte ha adressen"):
        SendGrid(SendGridSettings(url=url, api_key="SG.x"))


@pytest.mark.parametrize("key", ["", "SG.x\r\nX: y", "SG.å", "SG. x"])
def test_key_must_be_one(key: str) -> None:
    """A key that is missing or broken is told of, and never shown."""
    with pytest.raises(UsageError) as caught:
        SendGrid(SendGridSettings(api_key=key))
    assert "SENDGRID_API_KEY" in caught.value.do
    assert not key or key not in str(caught.value)


def test_held(server: SendGridServer, mailer: SendGrid) -> None:
    """A parcel with a batch waits at the provider until it is due, and leaves then."""
    batch = mailer.open_batch()
    mailer.attempt(parcel(1, 2, batch=batch))
    assert {letter.batch_id for letter in server.accepted} == {batch}
    assert server.left() == ()
    assert {letter.send_at for letter in server.accepted} == {LEAVES_AT.timestamp()}
    server.advance(3600)
    assert len(server.left()) == 2


def test_accepted_words(server: SendGridServer, mailer: SendGrid) -> None:
    """An accepted letter's words are what its id begins with in the provider's events."""
    one = parcel(1)
    (answer,) = mailer.attempt(one).values()
    assert answer.outcome is Outcome.ACCEPTED
    assert server.accepted[0].sg_message_id.startswith(answer.words + ".")


def test_arguments(server: SendGridServer, mailer: SendGrid) -> None:
    """Events come back with the delivery, its attempt and the sending, and with nothing about a person."""
    mailer.attempt(parcel(1, attempt=3))
    (letter,) = server.accepted
    assert letter.custom_args == {
        "delivery": "sending-2026-2-delivery-000001",
        "attempt": "3",
        "sending": "sending-2026-2",
    }
    assert letter.mail.categories == ("2026-2", "sending-sending-2026-2")


def test_sandbox(server: SendGridServer) -> None:
    """In sandbox all is checked and nothing leaves, and the answer says so."""
    mailer = mailer_of(server, sandbox=True)
    (answer,) = mailer.attempt(parcel(1, letter=ILLUSTRATED)).values()
    assert answer.outcome is Outcome.ACCEPTED
    assert "Sandlåda" in answer.words
    assert server.accepted == ()
    mailer.close()


def test_bad_address_alone(server: SendGridServer, mailer: SendGrid) -> None:
    """One that the provider refuses is rejected in its words; the others are put off, and leave next time."""
    rows = [builders.delivery(number) for number in (1, 2, 3)]
    rows[1] = builders.delivery(2, address="no.one@localhost")
    told = list(mailer.attempt(builders.parcel(rows)).values())
    assert [one.outcome for one in told] == [Outcome.DEFERRED, Outcome.REJECTED, Outcome.DEFERRED]
    assert told[1].words == "Does not contain a valid address."
    assert told[0].retry_after == 0.0
    assert server.accepted == ()
    assert {one.outcome for one in mailer.attempt(builders.parcel([rows[0], rows[2]])).values()} == {
        Outcome.ACCEPTED
    }


def test_wrong_as_a_whole(server: SendGridServer, mailer: SendGrid) -> None:
    """A request that is wrong in itself fails as a whole, for good, in the provider's words."""
    with pytest.raises(TransportFailed, match="batch_id must be a valid batch ID") as caught:
        mailer.attempt(parcel(1, batch="never-made"))
    assert not caught.value.retryable
    assert server.accepted == ()


def test_unfit(server: SendGridServer, mailer: SendGrid) -> None:
    """Who no letter can be made for is rejected before anything leaves; the rest leave."""
    rows = [builders.delivery(1), builders.delivery(2, notice="ö" * 6000), builders.delivery(3)]
    whole = builders.parcel(rows)
    unreachable = rows[2]._replace(address="å@example.org")
    whole = replace(whole, chunk=replace(whole.chunk, deliveries=(*rows[:2], unreachable)))
    told = mailer.attempt(whole)
    outcomes = [told[row.id].outcome for row in rows]
    assert outcomes == [Outcome.ACCEPTED, Outcome.REJECTED, Outcome.REJECTED]
    assert "10000 byte" in told[rows[1].id].words
    assert [letter.address for letter in server.accepted] == ["reader.1@example.org"]


def test_nobody_fit(server: SendGridServer, mailer: SendGrid) -> None:
    """Where no letter can be made for anyone, nothing is asked of the provider."""
    told = mailer.attempt(parcel(1, notice="x" * 20_000))
    assert [one.outcome for one in told.values()] == [Outcome.REJECTED]
    assert server.requests == []


def test_threads(server: SendGridServer) -> None:
    """Several attempts at once each leave once, over no more connections than there are workers."""
    mailer = mailer_of(server, workers=2)
    parcels = [parcel(*range(start, start + 5), letter=ILLUSTRATED) for start in range(0, 100, 5)]
    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(mailer.attempt, parcels))
    assert {one.outcome for answers in told for one in answers.values()} == {Outcome.ACCEPTED}
    assert set(Counter(letter.address for letter in server.left()).values()) == {1}
    assert len(server.left()) == 100
    assert server.connections <= 2
    mailer.close()


def test_connection_is_kept(server: SendGridServer, mailer: SendGrid) -> None:
    """Parcel after parcel goes over one connection."""
    for number in range(5):
        mailer.attempt(parcel(number))
    assert server.connections == 1


def test_edition_is_encoded_once(server: SendGridServer, mailer: SendGrid) -> None:
    """Letters of one edition share what is encoded; another edition under the same name does not get it."""
    mailer.attempt(parcel(1))
    mailer.attempt(parcel(2, letter=builders.letter(text="Annat {{name}}")))
    mailer.attempt(parcel(3))
    texts = [body["content"][0]["value"][:5] for body in bodies(server)]
    assert texts == ["Hej -", "Annat", "Hej -"]


def test_suppressed_by_the_provider(server: SendGridServer, mailer: SendGrid) -> None:
    """A letter that the provider will not send is accepted first; that it was dropped is news for later."""
    server.bounce("reader.1@example.org")
    (answer,) = mailer.attempt(parcel(1)).values()
    assert answer.outcome is Outcome.ACCEPTED
    assert server.accepted[0].state is LetterState.DROPPED
