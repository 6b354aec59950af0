"""Members that never get in, as ``pick`` shows them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from newsletter.cli import cli
from newsletter.cli.boundary import run
from newsletter.demo.sites.shapes import SITES

LayOut = Callable[[Mapping[str, str]], Path]

NEWS = """[[item]]
id = "ny-bana"
member = "hofors"
url = "https://www.hofors.example/ny-bana"
title = "Ny bana"
lead = "Banan är ny."
topic = "infrastruktur"
source_title = "Ny bana"
source_lead = "Banan är ny."
"""


def test_pick_ends_with_members_that_never_got_in(
    laid_out: LayOut, capfd: pytest.CaptureFixture[str]
) -> None:
    """After the candidates stand the members that no issue had news from, in words and as JSON."""
    root = laid_out({})
    (root / "content/issues/2026-2/news.toml").write_text(NEWS, encoding="utf-8")
    silent = [site for site in SITES if site.member != "hofors"]
    assert run(cli, ["--workspace", str(root), "pick", "2026-2"]) == 0
    shown = capfd.readouterr().out
    assert "Ännu aldrig med i ett nummer" in shown
    assert all(site.name in shown for site in silent)
    assert run(cli, ["--workspace", str(root), "pick", "2026-2", "--json"]) == 0
    told = json.loads(capfd.readouterr().out)["left_out"]
    assert {one["member"] for one in told} == {site.member for site in silent}
    assert told[0]["issues"] == 1


def test_nobody_is_named_before_the_first_pick(laid_out: LayOut, capfd: pytest.CaptureFixture[str]) -> None:
    """Where no issue has picks, the list says nothing of members left out."""
    assert run(cli, ["--workspace", str(laid_out({})), "pick", "2026-2"]) == 0
    assert "aldrig med" not in capfd.readouterr().out
