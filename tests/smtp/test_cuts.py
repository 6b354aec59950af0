"""The table in newsletter/edges/smtp/exchange.py, step by step, held against the server's own record."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from newsletter.edges.smtp import Smtp
from newsletter.errors import TransportFailed
from newsletter.model.transport import Outcome
from newsletter.testing.smtp import Fault, Kind, SmtpServer, Step
from tests.smtp.builders import BODY, assert_true, letter, letters, of, outcomes, settings, taken
from tests.smtp.conftest import EdgeTo

PIPELINING = pytest.mark.parametrize("without", [(), ("PIPELINING",)], ids=["pipelining", "one-by-one"])
CUTS = pytest.mark.parametrize("kind", [Kind.DROP, Kind.RESET])
SECONDS = 0.5  # for a server that hangs

LARGE = (
    b"x" * 70 + b"\r\n"
) * 170_000  # 12 MB: more than the sockets hold between them, so that it is cut within
BEFORE = [  # and whether the step was answered first
    (Step.CONNECT, False),
    (Step.EHLO, False),
    (Step.EHLO, True),
    (Step.MAIL, False),
    (Step.MAIL, True),
    (Step.RCPT, False),
    (Step.RCPT, True),
    (Step.DATA, False),
]
AFTER = [Step.MIDST, Step.DOT, Step.ANSWER]  # so small a letter was on its way whole, dot and all


@CUTS
@PIPELINING
@pytest.mark.parametrize(("step", "answered"), BEFORE)
def test_cut_before_the_first_content(
    edge_to: EdgeTo, kind: Kind, step: Step, answered: bool, without: tuple[str, ...]
) -> None:
    """A connection that ends before it has carried anything is a failed transport: none left, try again."""
    with SmtpServer(without=without) as server:
        server.faults.add(Fault(kind, step, answered=answered, times=0))
        with pytest.raises(TransportFailed) as caught:
            edge_to(server).attempt(of(*letters(3)))
        assert caught.value.retryable
        assert taken(server) == []
        assert server.connections == 1


@CUTS
@PIPELINING
@pytest.mark.parametrize("step", AFTER)
def test_cut_after_the_first_content(
    edge_to: EdgeTo, kind: Kind, step: Step, without: tuple[str, ...]
) -> None:
    """Whoever's dot went out without an answer is unknown; the others did not leave, and are not to blame."""
    with SmtpServer(without=without) as server:
        server.faults.add(Fault(kind, step))
        sent = letters(3, BODY)
        answers = edge_to(server).attempt(of(*sent))
        assert list(outcomes(answers).values()) == ["unknown", "deferred", "deferred"]
        assert answers["d1"].words
        assert answers["d2"].words == answers["d3"].words == ""
        assert taken(server) == (["d1"] if step is Step.ANSWER else [])


@pytest.mark.parametrize(("step", "answered"), [*BEFORE[3:], *((step, False) for step in AFTER)])
def test_server_that_hangs(edge_to: EdgeTo, step: Step, answered: bool) -> None:
    """A server that says nothing more is the same as one that hangs up."""
    with SmtpServer() as server:
        server.faults.add(Fault(Kind.HANG, step, answered=answered))
        edge = edge_to(server, timeout_seconds=SECONDS)
        if step in AFTER:
            assert outcomes(edge.attempt(of(*letters(2)))) == {"d1": "unknown", "d2": "deferred"}
            return
        with pytest.raises(TransportFailed) as caught:
            edge.attempt(of(*letters(2)))
        assert "svarade inte inom 0.5 sekunder" in caught.value.what


@CUTS
@PIPELINING
@pytest.mark.parametrize(("step", "answered"), [*BEFORE[3:], *((step, False) for step in AFTER)])
def test_cut_within_a_later_letter(
    edge_to: EdgeTo, kind: Kind, step: Step, answered: bool, without: tuple[str, ...]
) -> None:
    """A connection that ends within a later letter: what was not begun goes by a new one, and leaves once."""
    with SmtpServer(without=without) as server:
        server.faults.add(Fault(kind, step, answered=answered, skip=2))
        sent = letters(5, BODY)
        answers = edge_to(server).attempt(of(*sent))
        third = "unknown" if step in AFTER else "accepted"
        assert list(outcomes(answers).values()) == ["accepted", "accepted", third, "accepted", "accepted"]
        assert_true(server, sent, answers)


@CUTS
@PIPELINING
def test_cut_in_the_midst(edge_to: EdgeTo, kind: Kind, without: tuple[str, ...]) -> None:
    """A letter whose end was not written before the connection ended is deferred: no server may take it."""
    with SmtpServer(without=without) as server:
        server.faults.add(Fault(kind, Step.MIDST, skip=1))
        sent = [*letters(3)[:1], letter(2, LARGE), letter(3)]
        answers = edge_to(server).attempt(of(*sent))
        assert list(outcomes(answers).values()) == ["accepted", "deferred", "accepted"]
        assert "mitt i brevet" in answers["d2"].words
        assert_true(server, sent, answers)


@PIPELINING
def test_crash_of_ours(edge_to: EdgeTo, without: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """An interruption closes the connection and goes on up; the next parcel gets a connection of its own."""
    with SmtpServer(without=without) as server:
        edge = edge_to(server)
        edge.attempt(of(*letters(1)))
        with monkeypatch.context() as patched:
            patched.setattr("newsletter.edges.smtp.wire.Wire.reply", _interrupted)
            with pytest.raises(KeyboardInterrupt):
                edge.attempt(of(*letters(3)[1:]))
        assert outcomes(edge.attempt(of(*letters(4)[3:]))) == {"d4": "accepted"}
        assert taken(server) == ["d1", "d4"]
        assert server.connections == 2


def _interrupted(*_: object) -> None:
    raise KeyboardInterrupt


STEPS = [Step.CONNECT, Step.EHLO, Step.MAIL, Step.RCPT, Step.DATA, Step.MIDST, Step.DOT, Step.ANSWER]
REFUSALS = [(421, "4.3.2 Closing"), (451, "4.3.0 Later"), (550, "5.1.1 Nobody"), (530, "5.7.0 Log in")]


@st.composite
def scripts(draw: st.DrawFn) -> list[Fault]:
    """Faults in any order, that strike once or twice after some steps that pass."""
    faults = []
    for _ in range(draw(st.integers(1, 4))):
        kind = draw(st.sampled_from([Kind.DROP, Kind.RESET, Kind.REJECT]))
        code, text = draw(st.sampled_from(REFUSALS))
        if kind is Kind.REJECT:
            step = draw(st.sampled_from([step for step in STEPS if step not in (Step.MIDST, Step.ANSWER)]))
            answered = False
        else:
            step, answered = draw(st.sampled_from(STEPS)), draw(st.booleans())
        answered = answered and step not in (Step.MIDST, Step.DOT, Step.ANSWER, Step.CONNECT)
        times, skip = draw(st.integers(1, 2)), draw(st.integers(0, 5))
        faults.append(Fault(kind, step, code, text, answered=answered, times=times, skip=skip))
    return faults


@hypothesis_settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(scripts(), st.sampled_from([(), ("PIPELINING",)]), st.integers(1, 4), st.integers(1, 8))
def test_whatever_happens(faults: list[Fault], without: tuple[str, ...], most: int, size: int) -> None:
    """Under any script of faults, trying again what was put off ends with nobody twice and nobody lost.

    Accepted means that the server took it, deferred and rejected that it did not, a failed transport that it
    took none of the parcel; by the server's own record.
    """
    sent = letters(12)
    waiting = {one.delivery: one for one in sent}
    accepted: set[str] = set()
    with SmtpServer(without=without) as server:
        server.faults.add(*faults)
        edge = Smtp(settings(server.port, letters_per_connection=most), patience=1.0)
        for _ in range(60):
            parcel = list(waiting.values())[:size]
            before = set(taken(server))
            try:
                answers = edge.attempt(of(*parcel))
            except TransportFailed:
                assert set(taken(server)) == before
                continue
            assert set(answers) == {one.delivery for one in parcel}
            kept = taken(server)
            for delivery, answer in answers.items():
                assert (delivery in kept) is (answer.outcome is Outcome.ACCEPTED) or (
                    answer.outcome is Outcome.UNKNOWN
                )
                if answer.outcome is not Outcome.DEFERRED:
                    waiting.pop(delivery)
                if answer.outcome is Outcome.ACCEPTED:
                    accepted.add(delivery)
        edge.close()
        assert not waiting
        assert len(taken(server)) == len(set(taken(server)))
        assert accepted <= set(taken(server))
