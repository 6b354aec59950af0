"""No feed and no page can do harm: each ends in time with harmless news, or is refused.

The functions run as they do in earnest, in the real sandbox with its real limits. Inputs that are known to be
cut off by the limit on CPU get a smaller one, so that the tests do not wait for what is decided beforehand.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsletter import gather
from newsletter.edges.sandbox import Processes
from newsletter.errors import ParseFailed
from newsletter.ports import SandboxLimits
from tests.hostile.conftest import Bait
from tests.hostile.harmless import faults
from tests.hostile.inputs import FEEDS, PAGES, POSTS, Make

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
HERE = "https://www.example.se/nyheter"
LIMITS = SandboxLimits()
ROOT = Path(__file__).parents[2]
SOON = SandboxLimits(cpu_seconds=0.3)
_CUT_OFF = (
    "5 MB of",
    "megabytes of",
    "a hundred thousand",
    "tails without end",
    "many attributes of their own names",
    "20,000 nested articles",
    "data without end",
)

Parser = Callable[..., object]
Table = Mapping[str, Make]
READERS: tuple[tuple[Parser, Table], ...] = (
    (gather.feed, FEEDS),
    (gather.listing, PAGES),
    (gather.article, PAGES),
    (gather.posts, POSTS),
    (gather.discovered, PAGES),
)
CASES = [(parser, table, name) for parser, table in READERS for name in table]


def told(sandbox: Processes, parser: Parser, data: bytes, limits: SandboxLimits = LIMITS) -> object:
    """What the parser gives for these bytes, or its refusal."""
    try:
        args = (HERE, "") if parser is gather.discovered else (HERE, "member", NOW, "")
        return sandbox.run(parser, data, *args, limits=limits)
    except ParseFailed as refusal:
        return refusal


def limits_for(name: str) -> SandboxLimits:
    return SOON if name.startswith(_CUT_OFF) else LIMITS


@pytest.mark.parametrize(
    ("parser", "table", "name"), CASES, ids=[f"{parser.__name__}-{name}" for parser, _, name in CASES]
)
def test_hostile_input_does_no_harm(
    sandbox: Processes, bait: Bait, parser: Parser, table: Table, name: str
) -> None:
    """It ends in time, touches no file and no server, and only plain text and web addresses come out."""
    data = bait.laid(table[name])
    assert not faults(told(sandbox, parser, data, limits_for(name)))
    assert not bait.calls


@pytest.mark.parametrize(
    "name", ["attribute flood", "attribute flood in an unclosed tag", "one attribute of 5 MB"]
)
def test_flood_is_refused_before_the_library_sees_it(sandbox: Processes, bait: Bait, name: str) -> None:
    """A tag of more than 16 kB is refused by our own look at the bytes."""
    refusal = told(sandbox, gather.feed, bait.laid(FEEDS[name]))
    assert isinstance(refusal, ParseFailed)
    assert "16 kB" in refusal.why


@pytest.mark.parametrize(
    ("parser", "table", "left"),
    [
        (gather.feed, FEEDS, "https://www.example.se/1"),
        (gather.listing, PAGES, "skola"),
        (gather.posts, POSTS, "https://www.example.se/1"),
    ],
)
def test_good_entries_among_evil_ones_are_kept(
    sandbox: Processes, bait: Bait, parser: Parser, table: Table, left: str
) -> None:
    """A broken link or an evil title costs that entry at most, never its neighbours."""
    items = told(sandbox, parser, bait.laid(table["evil in every field"]))
    assert isinstance(items, list)
    assert any(left in item.url for item in items)


@pytest.mark.skipif(sys.platform != "linux", reason="only there the size is counted in kilobytes")
@pytest.mark.parametrize(
    ("kind", "table", "name"),
    [
        ("feed", FEEDS, "title of 4 MB"),
        ("feed", FEEDS, "endless CDATA"),
        ("page", PAGES, "one attribute of 5 MB"),
        ("page", PAGES, "endless text area"),
    ],
)
def test_memory_stays_within_the_limit(
    bait: Bait, tmp_path: Path, kind: str, table: Table, name: str
) -> None:
    """The heaviest texts leave a child that never held more than 300 MB, also the second time."""
    (tmp_path / "text").write_bytes(bait.laid(table[name]))
    command = [sys.executable, "-m", "tests.hostile.measured", kind, str(tmp_path / "text")]
    measured = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
    assert float(measured.stdout) < 300
