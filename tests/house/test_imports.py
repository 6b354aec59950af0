"""Imports flow one way, and only config reads the environment."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROGRAM = ROOT / "newsletter"


def _environment_reads(source: str) -> list[int]:
    """The lines that name `os.environ` or `os.getenv`, in whichever way they were imported."""
    reads = {"environ", "environb", "getenv", "getenvb"}
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if (isinstance(node, ast.Attribute) and node.attr in reads)
        or (isinstance(node, ast.alias) and node.name in reads)
    ]


def test_import_contracts_hold() -> None:
    """The contracts in pyproject.toml hold for every module that is there."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as lint; lint()"]
    done = subprocess.run([*command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_only_config_reads_the_environment() -> None:
    """No module but newsletter/config.py names os.environ or os.getenv."""
    found = [
        f"{file.relative_to(ROOT)}:{line}"
        for file in sorted(PROGRAM.rglob("*.py"))
        if file.relative_to(PROGRAM).parts[0] not in {"config.py", "config"}
        for line in _environment_reads(file.read_text(encoding="utf-8"))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "planted",
    [
        "import os\nos.environ['X']",
        "import os as o\no.getenv('X')",
        "from os import environ",
        "from os import getenv",
    ],
)
def test_planted_environment_read_is_found(planted: str) -> None:
    """Every spelling of reading the environment is seen."""
    assert _environment_reads(planted)
