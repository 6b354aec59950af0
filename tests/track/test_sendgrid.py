"""SendGrid's rows become events by table."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter import track
from newsletter.errors import Problems
from newsletter.model.event import EventKind

AT = 1_795_000_000


def row(event: str, **more: Any) -> dict[str, Any]:
    return {"event": event, "sg_event_id": f"id-{event}", "timestamp": AT, "delivery": "d1", **more}


def lines(*rows: object) -> bytes:
    return "\n".join(json.dumps(each, ensure_ascii=False) for each in rows).encode()


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        (row("delivered"), EventKind.DELIVERED),
        (row("deferred"), EventKind.DEFERRED),
        (row("bounce", type="bounce", status="5.1.1"), EventKind.BOUNCED_HARD),
        (row("bounce"), EventKind.BOUNCED_HARD),
        (row("bounce", type="bounce", status="4.2.2"), EventKind.BOUNCED_SOFT),
        (row("bounce", type="bounce", status="5.2.2"), EventKind.BOUNCED_SOFT),
        (row("bounce", type="bounce", status="5.7.1"), EventKind.BLOCKED),
        (row("bounce", type="blocked", status="5.1.1"), EventKind.BLOCKED),
        (row("dropped", reason="Bounced Address"), EventKind.BOUNCED_HARD),
        (row("dropped", reason="Unsubscribed Address"), EventKind.LEFT),
        (row("dropped", reason="Something else"), EventKind.BLOCKED),
        (row("click", url="https://a.example"), EventKind.CLICKED),
        (row("unsubscribe"), EventKind.LEFT),
        (row("group_unsubscribe"), EventKind.LEFT),
        (row("spamreport"), EventKind.COMPLAINED),
        (row("open"), EventKind.OTHER),
        (row("beamed-up"), EventKind.OTHER),
    ],
)
def test_words_map_by_table(given: dict[str, Any], kind: EventKind) -> None:
    """Each of the provider's words means one kind of news, and an unknown one is kept as OTHER."""
    (event,) = track.events(lines(given), "e.jsonl")
    assert event.kind is kind


def test_a_row_keeps_what_it_says() -> None:
    """Id, delivery, time, address, agent and the provider's own row are kept."""
    given = row("click", url="https://å.example/ö", useragent="Agent", reason="därför")
    (event,) = track.events(lines(given), "e.jsonl")
    assert (event.id, event.delivery, event.url, event.agent) == ("id-click", "d1", given["url"], "Agent")
    assert event.at == datetime.fromtimestamp(AT, UTC)
    assert json.loads(event.raw) == given
    assert event.words == "click därför"


@pytest.mark.parametrize("indent", [None, 2])
def test_an_array_and_lines_say_the_same(indent: int | None) -> None:
    """A JSON array, pretty or not, gives the same events as one object a line."""
    rows = [row("delivered"), row("click", url="u")]
    assert track.events(json.dumps(rows, indent=indent).encode(), "e.json") == track.events(lines(*rows), "e")


@pytest.mark.parametrize("nothing", [b"", b"\n \n", b"[]", b" [ ] \n", b"\xef\xbb\xbf[]"])
def test_an_empty_file_has_no_events(nothing: bytes) -> None:
    """Nothing in, nothing out."""
    assert track.events(nothing, "e.json") == ()


def test_a_row_without_an_id_gets_a_steady_one() -> None:
    """The same row has the same id in any file, so that it is taken in once; another row has another."""
    bare = {"event": "delivered", "timestamp": AT, "delivery": "d1"}
    first, second = track.events(lines(bare, {**bare, "delivery": "d2"}), "a")
    assert first.id == track.events(json.dumps([bare]).encode(), "b")[0].id
    assert first.id != second.id


def test_every_wrong_row_is_named_at_once() -> None:
    """All mistakes are reported, each with its line, and no event is given."""
    data = lines(row("delivered"), {"event": "click"}, 7, {"timestamp": AT}, row("click", timestamp="no"))
    with pytest.raises(Problems) as caught:
        track.events(data, "e.jsonl")
    assert [str(problem.where) for problem in caught.value.problems] == [f"e.jsonl:{n}" for n in (2, 3, 4, 5)]


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b'{"event":"x","timestamp":1}\n{"event"', 2),
        (b'[{"event":"x","timestamp":1},\n{"event":"y","timestamp":1}\n', 3),
        (b"[]\n\nmore", 3),
        (b"\n\xff\xfe", 2),
        (b"hello", 1),
    ],
)
def test_broken_text_is_named_by_its_line(data: bytes, line: int) -> None:
    """Where the JSON breaks, the file is refused whole and the line is named."""
    with pytest.raises(Problems) as caught:
        track.events(data, "e.json")
    (problem,) = caught.value.problems
    assert problem.where is not None
    assert (problem.where.file, problem.where.line) == ("e.json", line)


@given(
    st.binary(max_size=200)
    | st.recursive(st.none() | st.text() | st.floats(), st.lists).map(
        lambda value: json.dumps(value).encode()
    )
)
def test_no_bytes_break_the_reader(data: bytes) -> None:
    """Whatever the file holds, it gives events or Problems."""
    with suppress(Problems):
        track.events(data, "e")
