"""The whole river, as the demo runs it."""

import json
import socket
from collections.abc import Iterator, Mapping
from email import policy
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import Any

import pytest

from newsletter.cli import boundary, cli
from newsletter.demo import tour as demo
from newsletter.errors import StateError


@pytest.fixture(scope="module")
def reached() -> Iterator[list[object]]:
    """Every address that a socket of this process connects to while these tests run."""
    addresses: list[object] = []
    connect = socket.socket.connect

    def noted(self: socket.socket, address: Any) -> None:
        addresses.append(address)
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", noted)
        yield addresses


@pytest.fixture(scope="module")
def toured(tmp_path_factory: pytest.TempPathFactory, reached: list[object]) -> Path:
    """A demo that ran from beginning to end."""
    folder = tmp_path_factory.mktemp("tour") / "demo"
    demo.tour(folder, lambda step: None)
    return folder


def status(folder: Path, issue: str, capsys: pytest.CaptureFixture[str]) -> Mapping[str, Any]:
    """What `status --json` says."""
    assert boundary.run(cli, ["--workspace", str(folder), "status", issue, "--json"]) == 0
    shown: Mapping[str, Any] = json.loads(capsys.readouterr().out)
    return shown


def produced(folder: Path) -> Mapping[str, bytes]:
    """All that the demo makes for people to open."""
    tops = ("build", "outbox", "reports", "events", "content")
    files = (path for top in tops for path in (folder / top).rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def letters(folder: Path, issue: str) -> list[bytes]:
    """Every letter in the outbox."""
    return [path.read_bytes() for path in (folder / "outbox" / issue).glob("*.eml")]


@pytest.mark.parametrize("issue", ["2026-1", "2026-2"])
def test_counts_agree_everywhere(toured: Path, issue: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Ledger, outbox, sending.json and report count the same letters, and the equation holds."""
    counts = status(toured, issue, capsys)["equation"]
    parts = ("excluded", "waiting", "attempting", "accepted", "rejected", "unknown", "cancelled")
    assert counts["holds"]
    assert counts["candidates"] == sum(counts[part] for part in parts) == 861
    assert len(letters(toured, issue)) == counts["accepted"]
    boundary.run(cli, ["--workspace", str(toured), "report", issue, "--json"])
    assert json.loads(capsys.readouterr().out)["counts"]["sent"] == counts["accepted"]


def test_nobody_gets_it_twice(toured: Path) -> None:
    """No address stands in two letters of the same issue."""
    for issue in ("2026-1", "2026-2"):
        addresses = [
            message["To"].addresses[0].addr_spec.casefold()
            for message in map(BytesHeaderParser(policy=policy.SMTP).parsebytes, letters(toured, issue))
        ]
        assert len(addresses) == len(set(addresses)) > 800


def test_who_left_in_spring_gets_nothing_in_autumn(toured: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Those who left or bounced after the first issue are left out of the second, each with the reason."""
    shown = status(toured, "2026-2", capsys)
    assert shown["excluded"].keys() <= {"left", "bounced", "complained"}
    assert sum(shown["excluded"].values()) == shown["equation"]["excluded"] > 0


def test_second_run_changes_nothing(toured: Path) -> None:
    """Running the demo again sends nothing, fails at nothing and writes the same bytes."""
    before = produced(toured)
    demo.tour(toured, lambda step: None)
    assert produced(toured) == before


def test_report_names_nobody(toured: Path) -> None:
    """No address and no name of a reader stands in a report."""
    names = {
        line.split(",")[0] for line in (toured / "subscribers/people.csv").read_text("utf-8").splitlines()[1:]
    }
    for path in (toured / "reports").rglob("*.html"):
        text = path.read_text("utf-8")
        assert "example.org" not in text
        assert not [name for name in names if name in text]


def test_report_says_that_readers_are_simulated(toured: Path) -> None:
    """Nobody can take the demo's report for a real one."""
    assert "Simulerade läsare" in (toured / "reports/2026-2/report.html").read_text("utf-8")


class _Interrupted:
    """Stands for Ctrl-C when the n-th step of a run is done."""

    def __init__(self, after: int) -> None:
        self.left = after

    def __call__(self, step: demo.Step) -> None:
        self.left -= 1
        if not self.left:
            raise KeyboardInterrupt


def test_interrupted_run_is_finished_by_the_next(tmp_path: Path, toured: Path) -> None:
    """Ctrl-C after any of several steps leaves a state from which the next run reaches the same end."""
    folder = tmp_path / "demo"
    for steps in (1, 3, 4, 8, 9):
        with pytest.raises(KeyboardInterrupt):
            demo.tour(folder, _Interrupted(steps))
    demo.tour(folder, lambda step: None)
    # A letter's id hangs on the workspace's own key; all that people see is the same.
    ours, theirs = seen(folder), seen(toured)
    assert ours.keys() == theirs.keys()
    assert [path for path in ours if ours[path] != theirs[path]] == []
    for issue in ("2026-1", "2026-2"):
        assert len(letters(folder, issue)) == len(letters(toured, issue))


def seen(folder: Path) -> Mapping[str, bytes]:
    """Letters as built and reports: what does not hang on the workspace's own key."""
    return {path: data for path, data in produced(folder).items() if path.startswith(("build/", "reports/"))}


def test_demo_needs_no_network(toured: Path, reached: list[Any]) -> None:
    """Gathering connects to loopback and to nothing else, in every run up to here."""
    assert toured.exists()
    assert reached
    assert {address[0] for address in reached if isinstance(address, tuple)} == {"127.0.0.1"}


def test_a_folder_that_is_no_demo_is_left_alone(tmp_path: Path) -> None:
    """A folder with something else in it is neither filled nor emptied."""
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "mine.txt").write_text("mine")
    with pytest.raises(StateError, match="ingen demo"):
        demo.tour(tmp_path / "demo", lambda step: None)
    assert boundary.run(cli, ["demo", "--fresh", "--out", str(tmp_path / "demo")]) == 2
    assert [path.name for path in (tmp_path / "demo").iterdir()] == ["mine.txt"]
