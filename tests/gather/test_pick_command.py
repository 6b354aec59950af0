"""`newsletter pick` over the demo's sites on loopback and every real edge."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from newsletter.cli import cli
from newsletter.cli.boundary import run
from newsletter.demo.sites import serve

LayOut = Callable[[Mapping[str, str]], Path]
STEEL = "https://www.hofors.example/nyheter/2026-11-13-stalverket-far-klartecken-for-ny-ugn-kommunen-planerar-for-f"


def test_page_and_its_picture_are_pasted_in(laid_out: LayOut, capfd: pytest.CaptureFixture[str]) -> None:
    """One command fetches a page and its picture, reads both in the sandbox, and writes them down."""
    with serve() as sites:
        root = laid_out(sites.origins)
        pick = ["--workspace", str(root), "pick", "2026-2"]
        assert run(cli, [*pick, "--add", f"{STEEL}.html"]) == 0
        assert "+ Hofors kommun: Stålverket får klartecken" in capfd.readouterr().out
        assert run(cli, [*pick, "--add", f"{STEEL}.htm"]) == 1
        assert f'[[item]]\nmember = "hofors"\nurl = "{STEEL}.htm"\ntitle = ' in capfd.readouterr().err
    assert run(cli, [*pick, "--json"]) == 0
    (picked,) = json.loads(capfd.readouterr().out)["picks"]
    assert picked["picture"]["alt"] == "Teckning av rödbruna kullar i kvällsljus"
    assert (root / "content/issues/2026-2" / picked["picture"]["path"]).stat().st_size < 15_000
    assert run(cli, [*pick, "--drop", picked["id"]]) == 0
    assert "1 togs bort; content/issues/2026-2/news.toml har nu 0." in capfd.readouterr().out


def test_member_belongs_to_an_address(laid_out: LayOut, capfd: pytest.CaptureFixture[str]) -> None:
    """Whose page it is can only be said of a page."""
    assert run(cli, ["--workspace", str(laid_out({})), "pick", "2026-2", "--member", "falun"]) == 2
    assert "--add" in capfd.readouterr().err
