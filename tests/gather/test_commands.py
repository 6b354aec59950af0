"""The commands, over the demo's sites on loopback and every real edge."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from newsletter.cli import cli
from newsletter.cli.boundary import run
from newsletter.demo.sites import serve

LayOut = Callable[[Mapping[str, str]], Path]


def test_river_runs_from_sites_to_picks(laid_out: LayOut, capfd: pytest.CaptureFixture[str]) -> None:
    """Gather tells of each member and the one that fails; pick lists and takes; both answer in JSON."""
    with serve() as sites:
        workspace = ["--workspace", str(laid_out(sites.origins))]
        assert run(cli, [*workspace, "gather"]) == 0
        told = capfd.readouterr()
        assert "62 nya nyheter från 10 källor, 1 svarade inte som den ska." in told.out
        assert "Säters kommun" in told.err
        assert "503" in told.err
        assert run(cli, [*workspace, "gather", "--json"]) == 0
        answer = json.loads(capfd.readouterr().out)
        assert (answer["schema"], answer["new"], len(answer["sources"])) == (1, 0, 11)
    assert run(cli, [*workspace, "pick", "2026-2"]) == 0
    assert "Dubbelspår på Bergslagsbanan" in capfd.readouterr().out
    assert run(cli, [*workspace, "pick", "2026-2", "--take", "1, 2", "--json"]) == 0
    answer = json.loads(capfd.readouterr().out)
    assert (answer["taken"], len(answer["picks"])) == ([1, 2], 2)
    assert run(cli, [*workspace, "pick", "2026-2", "--auto", "4"]) == 0
    assert "2 lades till" in capfd.readouterr().out


def test_wrong_numbers_are_a_usage_error(laid_out: LayOut, capfd: pytest.CaptureFixture[str]) -> None:
    """Numbers that are none, and numbers that are not in the list, end with status 2."""
    workspace = ["--workspace", str(laid_out({}))]
    assert run(cli, [*workspace, "pick", "2026-2", "--take", "a"]) == 2
    assert run(cli, [*workspace, "pick", "2026-2", "--take", "1"]) == 2
    assert "newsletter gather" in capfd.readouterr().err


def test_silence_everywhere_is_a_failure(laid_out: LayOut, capfd: pytest.CaptureFixture[str]) -> None:
    """Where no source can be read at all, each says why and the command ends with status 1."""
    root = laid_out({f"https://www.{member}.example": "http://127.0.0.1:1" for member in ("hofors", "sater")})
    assert run(cli, ["--workspace", str(root), "gather", "hofors", "sater"]) == 1
    told = capfd.readouterr()
    assert told.err.count("gick inte att ansluta till") == 2
    assert "Kontrollera att datorn har nät" in told.err
    assert "från 0 källor, 2 svarade inte som de ska." in told.out


class _Nowhere(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_error(404)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def test_one_advice_is_given_once(laid_out: LayOut, capfd: pytest.CaptureFixture[str]) -> None:
    """What to do stands once, with all its members' names; the network is not blamed where sites answer."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Nowhere) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        local = f"http://127.0.0.1:{server.server_address[1]}"
        root = laid_out({f"https://www.{member}.example": local for member in ("falun", "sandviken")})
        assert run(cli, ["--workspace", str(root), "gather", "falun", "sandviken"]) == 1
        server.shutdown()
    told = capfd.readouterr().err
    assert told.count("svarade 404") == 2
    assert told.count("  sandviken, falun: ") == 1
    assert "Gör som det står här ovanför." in told


@pytest.mark.parametrize("name", ["gather", "pick"])
def test_help_has_an_example(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    """The help shows how to call it."""
    assert run(cli, [name, "--help"]) == 0
    assert "Exempel:" in capfd.readouterr().out
