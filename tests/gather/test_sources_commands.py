"""``newsletter sources``, over the demo's sites on loopback and every real edge."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from newsletter.cli import cli
from newsletter.cli.boundary import run
from newsletter.demo.sites import serve

LayOut = Callable[[Mapping[str, str]], Path]
Run = Callable[..., tuple[int, str, str]]
FEED = "https://www.sater.example/feed/"


@pytest.fixture
def office(laid_out: LayOut) -> Iterator[Path]:
    """A workspace whose members' sites are served."""
    with serve() as sites:
        yield laid_out(sites.origins)


@pytest.fixture
def sources(office: Path, capfd: pytest.CaptureFixture[str]) -> Run:
    """Runs ``newsletter sources …``: the status, what was shown and what was said."""

    def call(*words: str) -> tuple[int, str, str]:
        capfd.readouterr()
        status = run(cli, ["--workspace", str(office), "sources", *words])
        shown = capfd.readouterr()
        return status, shown.out, shown.err

    return call


def test_discover_shows_and_writes_nothing(office: Path, sources: Run) -> None:
    """The best comes first with why and five news; what was passed over is told; the file is untouched."""
    before = (office / "subscribers/sources.toml").read_bytes()
    status, out, err = sources("discover", "https://www.sater.example/")
    assert status == 0
    assert out.startswith(f"1. säker (90 av 100)  feed  {FEED}\n   varför: flöde som sidan anger")
    assert out.count("     2026-") == 10  # five news of the feed, five of the list of posts
    assert "det är kommentarer, inte nyheter" in err
    assert "--write MEDLEM" in err
    assert (office / "subscribers/sources.toml").read_bytes() == before


def test_discover_answers_in_json(sources: Run) -> None:
    """JSON has what was found, what was passed over and what was asked."""
    status, out, _ = sources("discover", "https://www.hofors.example/", "--json")
    answer: dict[str, Any] = json.loads(out)
    assert (status, answer["schema"], answer["written"]) == (0, 1, None)
    assert [one["kind"] for one in answer["found"]] == ["feed", "list"]
    assert answer["found"][0]["sureness"] == "sure"
    assert len(answer["found"][0]["items"]) == 5
    assert len(answer["asked"]) <= 14


def test_write_replaces_the_members_source(office: Path, sources: Run) -> None:
    """With --write the member's one source is replaced where it stands, with the page it was found on."""
    path = office / "subscribers/sources.toml"
    path.write_text(
        path.read_text("utf-8").replace(FEED, "https://www.sater.example/gammal") + "# slut\n", "utf-8"
    )
    others = path.read_text("utf-8").split("[[source]]")
    status, _, err = sources("discover", "https://www.sater.example/", "--write", "sater")
    assert status == 0
    assert "Bytte källan för sater" in err
    after = path.read_text("utf-8").split("[[source]]")
    assert FEED in next(one for one in after if '"sater"' in one)
    assert 'page = "https://www.sater.example/"' in next(one for one in after if '"sater"' in one)
    assert [one for one in after if '"sater"' not in one] == [one for one in others if '"sater"' not in one]


def test_another_source_may_be_added(office: Path, sources: Run) -> None:
    """With --add the member has two; then a later --write must say which it replaces."""
    words = ("discover", "https://www.sater.example/", "--write", "sater")
    assert sources(*words, "--take", "2", "--add")[0] == 0
    text = (office / "subscribers/sources.toml").read_text("utf-8")
    assert text.count('member = "sater"') == 2
    assert 'kind = "wp-json"' in text
    status, _, err = sources("discover", "https://www.falun.example/", "--write", "sater")
    assert status == 2
    assert "--replace" in err
    assert (office / "subscribers/sources.toml").read_text("utf-8") == text


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["discover", "https://www.sater.example/", "--write", "satr"], 2, "Menade du ”sater”?"),
        (["discover", "https://www.sater.example/", "--take", "1"], 2, "--write"),
        (
            ["discover", "https://www.sater.example/", "--write", "sater", "--take", "9"],
            2,
            "Nummer 9 finns inte",
        ),
        (
            ["discover", "https://www.sater.example/", "--write", "sater", "--replace", "x"],
            2,
            "ingen av medlemmens",
        ),
        (["discover", "ftp://x"], 2, "ingen webbadress"),
        (["discover", "https://www.avesta.example/"], 1, "Inga nyheter hittades"),
        (["discover", "https://www.sater.example/borta"], 1, "404"),
        (["discover", "https://www.sater.example/", "--write", "hofors"], 1, "Två medlemmar"),
        (["test", "avesta"], 1, "Ingen av medlemmens källor gav nyheter"),
        (["test", "ingen"], 2, "Okänd medlem"),
    ],
)
def test_mistakes_are_told(sources: Run, words: list[str], status: int, said: str) -> None:
    """Each mistake ends with its status, in words that say what to do."""
    ended, _, err = sources(*words)
    assert ended == status
    assert said in err


def test_stored_source_is_tried(sources: Run) -> None:
    """What is stored is asked and shown with its five newest; nothing is remembered."""
    status, out, _ = sources("test", "borlange")
    assert status == 0
    assert "https://www.borlange.example/nyheter" in out
    assert out.count("     2026-") == 5
    answer = json.loads(sources("test", "avesta", "--json")[1])
    assert answer["sources"][0]["found"] is None
    assert "503" in answer["sources"][0]["why"]


def test_list_tells_how_it_went(office: Path, sources: Run) -> None:
    """The list says what was never fetched, and after a round how many news came or that it failed."""
    members = office / "subscribers/members.csv"
    members.write_text(members.read_text("utf-8") + "sala,Sala kommun,kommun,Västmanland,\n", "utf-8")
    status, out, err = sources("list")
    assert status == 0
    assert out.count("aldrig hämtad") == 11
    assert "Utan källa: Sala kommun." in err
    assert not (office / ".newsletter/state.db").exists()
    run(cli, ["--workspace", str(office), "gather", "sater", "avesta"])
    by_member = {one["member"]: one for one in json.loads(sources("list", "--json")[1])["sources"]}
    assert (by_member["sater"]["items"], by_member["sater"]["failure"]) == (6, "")
    assert "503" in by_member["avesta"]["failure"]
    assert "fel 20" in sources("list")[1]


@pytest.mark.parametrize("name", ["list", "discover", "test"])
def test_help_has_an_example(sources: Run, name: str) -> None:
    """The help of each command shows how to call it."""
    assert "Exempel:" in sources(name, "--help")[1]
