"""What is held about a person, and that an erasure leaves nothing behind but counts and a keyed hash."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, text

from newsletter.edges import store
from newsletter.edges.store import Store
from newsletter.model.delivery import DeliveryState
from newsletter.model.event import Event, EventKind
from newsletter.model.people import Suppression
from newsletter.model.transport import Answer, Outcome
from newsletter.testing import builders
from newsletter.testing.builders import NOON

KEY = b"invented-key-for-the-tests-alone"
SECRETS = (b"hemlig", b"Hemlig", b"person-000001")
ANNA = builders.recipient(1, address="Anna.Hemlig@example.org", name="Anna Hemlig")
COMMAND = "people erase"


def fill(state: Store, *, done: bool = True) -> str:
    """Three people, one sending, and news that names Anna in every column that a provider writes; its id."""
    people = [ANNA, builders.recipient(2), builders.recipient(3)]
    state.people.put(people, at=NOON, command="people import")
    planned = builders.sending()
    letters = [
        builders.delivery(number)._replace(
            recipient=one.id,
            address=one.address,
            name=one.name,
            notice=f"Från {one.name}",
        )
        for number, one in enumerate(people, start=1)
    ]
    state.ledger.plan(planned, letters)
    if done:
        chunk = state.ledger.claim(planned.id, NOON)
        assert chunk is not None
        answers = {one.id: Answer(Outcome.ACCEPTED, f"250 ok {one.address}") for one in chunk.deliveries}
        state.ledger.close(chunk, answers, NOON)
        assert state.ledger.claim(planned.id, NOON) is None
    state.events.take_in(news(letters[0].id))
    return letters[0].id


def news(delivery: str) -> Iterator[Event]:
    raw = '{"email": "anna.hemlig@example.org"}'
    yield Event("e1", delivery, EventKind.DELIVERED, NOON, words="delivered anna.hemlig@example.org", raw=raw)
    yield Event("e2", delivery, EventKind.CLICKED, NOON, url="https://a.example/", agent="UA", raw=raw)
    yield Event("e3", "", EventKind.OTHER, NOON, words="anna.hemlig@example.org said", raw=raw)


def bytes_of(folder: Path) -> bytes:
    """All that lies in the folder, whatever its name."""
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_all_that_is_held(opened: Store) -> None:
    """The person, the letters with their news, the suppression and the log come back, for any spelling."""
    letter = fill(opened)
    opened.suppressions.suppress(ANNA.address, Suppression.LEFT, at=NOON, source="svar", command="x")
    held = opened.rights.held(" ANNA.hemlig@EXAMPLE.org")
    assert held.recipient == ANNA
    assert [(one.issue, one.delivery.id) for one in held.letters] == [("2026-2", letter)]
    assert [event.id for event in held.letters[0].events] == ["e1", "e2"]
    assert held.suppression is not None
    assert held.suppression.reason is Suppression.LEFT
    assert [entry.what for entry in held.log] == ["new", "suppressed: left"]


def test_nothing_is_held(opened: Store) -> None:
    """Of a stranger nothing is held."""
    fill(opened)
    assert opened.rights.held("bo@example.org").is_empty


def test_erased_to_the_last_byte(file: Path) -> None:
    """Neither address, name nor id is in any byte of the file or its log once the person is erased."""
    with store.open(file, suppression_key=KEY) as state:
        fill(state)
        assert any(secret in bytes_of(file.parent) for secret in SECRETS)
        state.suppressions.suppress(ANNA.address, Suppression.LEFT, at=NOON, source="Anna Hemlig ringde")
        done = state.rights.erase(ANNA.address, at=NOON, command=COMMAND)
        assert (done.people, done.letters, done.events) == (1, 1, 3)
        assert not [secret for secret in SECRETS if secret in bytes_of(file.parent)]
    assert not [secret for secret in SECRETS if secret in bytes_of(file.parent)]


def test_the_count_stays(opened: Store) -> None:
    """An erased reader's letter is counted as before: state, cell and clicks; the equation holds."""
    letter = fill(opened)
    before = opened.book.equation("sending-2026-2")
    opened.rights.erase(ANNA.address, at=NOON, command=COMMAND)
    assert opened.book.equation("sending-2026-2") == before
    row = next(one for one in opened.book.deliveries("sending-2026-2") if one.id == letter)
    told = (row.address, row.name, row.reason, row.notice, row.state, row.member)
    assert told == ("", "", "", "", DeliveryState.ACCEPTED, builders.delivery(1).member)
    events = list(opened.events.of("sending-2026-2"))
    assert [(one.kind, one.url, one.raw) for one in events] == [
        (EventKind.DELIVERED, "", ""),
        (EventKind.CLICKED, "https://a.example/", ""),
    ]


def test_an_open_sending_goes_on(opened: Store) -> None:
    """The letter that waits is taken back, and what was approved still has its digest."""
    fill(opened, done=False)

    def digest() -> str:
        ids = [one.recipient for one in opened.book.deliveries("sending-2026-2")]
        return builders.digest([], ids)

    before = digest()
    opened.rights.erase(ANNA.address, at=NOON, command=COMMAND)
    assert digest() == before
    states = {one.state: one.reason for one in opened.book.deliveries("sending-2026-2")}
    assert states == {DeliveryState.WAITING: "", DeliveryState.CANCELLED: "erased"}
    assert opened.book.equation("sending-2026-2").holds


def test_late_news_brings_nobody_back(opened: Store, file: Path) -> None:
    """News of an erased reader's letter is counted, and what it says of the reader is not kept."""
    letter = fill(opened)
    opened.rights.erase(ANNA.address, at=NOON, command=COMMAND)
    late = Event("e9", letter, EventKind.LEFT, NOON, words="unsubscribe", raw='{"email":"anna.hemlig@a.se"}')
    assert opened.events.take_in([late]).new == 1
    assert b"hemlig" not in bytes_of(file.parent)


def test_erasing_again_does_no_harm(opened: Store) -> None:
    """The second erasure finds nothing, and the log says it once."""
    fill(opened)
    opened.rights.erase(ANNA.address, at=NOON, command=COMMAND)
    again = opened.rights.erase(ANNA.address, at=NOON + timedelta(days=1), command=COMMAND)
    assert (again.people, again.letters, again.events) == (0, 0, 0)
    held = opened.rights.held(ANNA.address)
    assert held.recipient is None
    assert held.letters == ()
    assert [entry.what for entry in held.log] == ["new", "erased", "suppressed: erased"]
    assert opened.suppressions.why(ANNA.address) is Suppression.ERASED


def test_the_log_outlives_the_person(opened: Store, file: Path) -> None:
    """The log still says what was done and when, under a name that leads to nobody."""
    fill(opened)
    opened.rights.erase(ANNA.address, at=NOON, command=COMMAND)
    engine = create_engine(f"sqlite:///{file}")
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT person, what, why FROM person_log ORDER BY number")).all()
    engine.dispose()
    ours = [(what, why) for person, what, why in rows if person.startswith("raderad:")]
    assert ours == [("new", ""), ("erased", "artikel 17: personen begärde det")]


def test_an_address_that_changed_hands(opened: Store) -> None:
    """Erasing one whose former address is another's now leaves the other alone, and may be written to."""
    fill(opened)
    moved = replace(ANNA, address="ny@example.org")
    other = builders.recipient(9, address=ANNA.address)
    opened.people.put([moved], at=NOON, command="test")
    opened.people.put([other], at=NOON, command="test")
    opened.rights.erase("ny@example.org", at=NOON, command=COMMAND)
    assert opened.suppressions.why(ANNA.address) is None
    assert opened.suppressions.why("ny@example.org") is Suppression.ERASED
    assert [one.id for one in opened.people.everyone()][-1] == other.id
    assert all(one.name != ANNA.name for one in opened.book.deliveries("sending-2026-2"))


_NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=5, max_size=20)
_LOCAL = st.from_regex(r"[a-zåäöA-ZÅÄÖ]{6,12}(\.[a-z0-9+]{2,8})?", fullmatch=True)
_DOMAIN = st.sampled_from(["example.org", "räven.example", "xn--rven-loa.example"])


@given(local=_LOCAL, domain=_DOMAIN, name=_NAMES.filter(str.strip))
@settings(max_examples=25)
def test_any_person_is_erased_to_the_last_byte(
    tmp_path_factory: pytest.TempPathFactory, local: str, domain: str, name: str
) -> None:
    """Whatever the name and the address, no byte of them is left."""
    folder = tmp_path_factory.mktemp("any")
    unique, named = f"q{local}q", f"Zq{name}qZ"
    one = builders.recipient(1, address=f"{unique}@{domain}", name=named, id="person-unique-id")
    with store.open(folder / "state.db", suppression_key=KEY) as state:
        state.people.put([one, builders.recipient(2)], at=NOON, command="test")
        row = builders.delivery(1)._replace(recipient=one.id, address=one.address, name=one.name)
        state.ledger.plan(builders.sending(), [row])
        raw = f'{{"email": "{one.address.casefold()}"}}'
        state.events.take_in([Event("e", row.id, EventKind.OTHER, NOON, words=one.address, raw=raw)])
        state.rights.erase(one.address.upper(), at=NOON, command=COMMAND)
    kept = bytes_of(folder).lower()
    for secret in (unique, unique.casefold(), named, one.id):
        assert secret.encode().lower() not in kept


def test_a_bounce_never_hides_a_no(opened: Store) -> None:
    """Who bounced and then left has left: lifting a bounce is no way around a person's own word."""
    opened.suppressions.suppress("a@example.org", Suppression.BOUNCED, at=NOON, source="bounce")
    opened.suppressions.suppress("a@example.org", Suppression.LEFT, at=NOON, source="reply")
    opened.suppressions.suppress("a@example.org", Suppression.BOUNCED, at=NOON, source="bounce")
    assert opened.suppressions.why("a@example.org") is Suppression.LEFT


def test_lifting_is_noted(opened: Store) -> None:
    """What is lifted is gone, and the log says why and by which command."""
    opened.suppressions.suppress("a@example.org", Suppression.BOUNCED, at=NOON, source="bounce")
    lifted = opened.suppressions.lift("A@example.org", at=NOON, why="ny server", command="people suppress")
    assert lifted is Suppression.BOUNCED
    assert opened.suppressions.why("a@example.org") is None
    entries = opened.rights.held("a@example.org").log
    assert [(one.what, one.why) for one in entries] == [
        ("suppressed: bounced", "bounce"),
        ("lifted: bounced", "ny server"),
    ]
    assert opened.suppressions.lift("a@example.org", at=NOON, why="", command="") is None


def test_where_the_address_came_from_is_said_once(opened: Store) -> None:
    """The words of a first letter are kept for those who have had none before."""
    fill(opened)
    first, new = builders.recipient(1), builders.recipient(8)
    later = builders.sending("2026-3")
    rows = [
        builders.delivery(number, sending=later.id)._replace(recipient=one.id, notice="Från listan")
        for number, one in enumerate((first, new), start=1)
    ]
    opened.ledger.plan(later, rows)
    notices = {one.recipient: one.notice for one in opened.book.deliveries(later.id)}
    assert notices == {first.id: "", new.id: "Från listan"}


def test_tidying(opened: Store) -> None:
    """Old letters lose their readers, and people on no list go; what is newer stays, the counts too."""
    fill(opened)
    opened.people.put([replace(builders.recipient(7), mandates=())], at=NOON, command="test")
    before = opened.book.equation("sending-2026-2")
    days = dict.fromkeys(("events_before", "letters_before", "unlisted_before"), NOON)
    assert opened.rights.due(**days).is_empty
    later = {name: NOON + timedelta(days=1) for name in days}
    due = opened.rights.due(**later)
    assert (due.letters, due.unlisted) == (3, 1)
    assert opened.rights.tidy(**later, at=NOON, command="people tidy") == due
    assert opened.rights.due(**later).letters == 0
    assert opened.book.equation("sending-2026-2") == before
    assert len(list(opened.people.everyone())) == 3


@pytest.mark.parametrize("who", [2, 3])
def test_others_are_left_alone(opened: Store, who: int) -> None:
    """An erasure changes nobody else."""
    fill(opened)
    before = opened.rights.held(builders.recipient(who).address)
    opened.rights.erase(ANNA.address, at=NOON, command=COMMAND)
    assert opened.rights.held(builders.recipient(who).address) == before


def test_clicks_go_once_the_numbers_are_published(opened: Store, file: Path) -> None:
    """Who clicked what is kept until the cube is, and then the sending is known as not to be counted anew."""
    fill(opened)
    never, later = NOON - timedelta(days=1), NOON + timedelta(days=1)
    bounds = {"events_before": later, "letters_before": never, "unlisted_before": never}
    assert opened.rights.due(**bounds).clicks == 0
    engine = create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO cube VALUES ('sending-2026-2', '2026-2', '{}')"))
    engine.dispose()
    assert not opened.events.are_tidied("sending-2026-2")
    assert opened.rights.tidy(**bounds, at=NOON, command="people tidy").clicks == 1
    assert [one.kind for one in opened.events.of("sending-2026-2")] == [EventKind.DELIVERED]
    assert opened.events.are_tidied("sending-2026-2")


def test_no_database_remembers_another(opened: Store, tmp_path: Path) -> None:
    """Catching up twice is as catching up once, and a new database is empty."""
    assert opened.continuity.is_empty()
    fill(opened)
    opened.suppressions.suppress("bo@example.org", Suppression.LEFT, at=NOON, source="svar")
    opened.rights.erase(ANNA.address, at=NOON, command=COMMAND)
    since = opened.continuity.since()
    with store.open(tmp_path / "other" / "state.db", suppression_key=KEY) as other:
        fill(other)
        assert other.continuity.catch_up(since, NOON) == 1
        assert other.continuity.catch_up(since, NOON) == 0
        assert other.suppressions.why("bo@example.org") is Suppression.LEFT
        assert other.rights.held(ANNA.address).recipient is None
        assert other.book.equation("sending-2026-2").holds
    assert not [secret for secret in SECRETS if secret in bytes_of(tmp_path / "other")]
