"""The pages that are looked at, as a communicator's machine makes them."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from docs.gallery import examples
from newsletter import report, wiring
from newsletter.edges.package import example, shipped
from newsletter.edges.workspace import Folder
from newsletter.model.figure import MergePlan
from tests.report import conftest as reported

NAMES = ("every-block", "every-block-web", "neutral", "neutral-web", "issue", "issue-web", "report")
HERE = Path(__file__).parent
TOOLS = HERE / "node_modules"


def made(folder: Path) -> Mapping[str, Path]:
    """All of them, by name, in folders of their own below `folder`."""
    every = examples.read()
    blocks = examples.built(folder / "blocks", every)
    neutral = examples.built(folder / "neutral", every, neutral=True)
    issue = _issue(folder / "issue")
    return {
        "every-block": blocks / "letter.html",
        "every-block-web": blocks / "web.html",
        "neutral": neutral / "letter.html",
        "neutral-web": neutral / "web.html",
        "issue": issue / "letter.html",
        "issue-web": issue / "web.html",
        "report": _report(folder),
    }


def _issue(folder: Path) -> Path:
    """The association's own second letter of 2026."""
    Folder(folder).write(example())
    with wiring.application(folder) as application:
        application.build("2026-2")
    return folder / "build" / "2026-2" / "politiker"


def _report(folder: Path) -> Path:
    """A report with every part of it: two issues compared, and a notice."""
    now, before = (
        report.cube(reported.sending(issue), reported.letters(seed=seed), plan=MergePlan(), k=10)[0]
        for issue, seed in (("2026-2", 1), ("2026-1", 2))
    )
    figures = report.figures(now, before, reported.names())
    page = report.html(
        replace(figures, notice="Simulerade läsare."),
        templates=shipped("report/pages"),
        fonts={name: data for name, data in shipped("fonts").items() if name.endswith(".woff2")},
    )
    file = folder / "report.html"
    file.write_text(page, encoding="utf-8")
    return file


def tool(name: str) -> str | None:
    """Where something of node's is that `make browser` installs; None where it, or node, is missing."""
    path = TOOLS / name
    return str(path) if path.exists() and shutil.which("node") else None
