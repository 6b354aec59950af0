"""The stages take values and give values; no file, network, database, clock, random, environment or log."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PROGRAM = Path(__file__).parents[2] / "newsletter"
STAGES = ("write", "gather", "people", "compose", "render", "check", "review", "send", "track", "report")

# fmt: off
FORBIDDEN_MODULES = frozenset({
    "os", "pathlib", "shutil", "tempfile", "glob", "fileinput", "io.open", "importlib", "subprocess",
    "multiprocessing", "threading", "asyncio", "concurrent", "signal", "socket", "ssl", "select",
    "http", "urllib.request", "smtplib", "imaplib", "poplib", "ftplib", "httpx2", "requests",
    "sqlite3", "sqlalchemy", "alembic", "time", "random", "secrets", "uuid", "logging", "warnings",
    "getpass", "platform", "locale", "click", "rich", "filelock",
})
# fmt: on
FORBIDDEN_CALLS = frozenset({"open", "print", "input", "exec", "eval", "breakpoint", "__import__"})
FORBIDDEN_NAMES = frozenset({"FileSystemLoader", "PackageLoader"})
CLOCKS = frozenset({"now", "utcnow", "today"})
CLOCK_OWNERS = frozenset({"datetime", "date"})


def _modules(node: ast.AST) -> Iterator[str]:
    """The dotted names that an import statement may bind: `from urllib import request` gives both parts."""
    match node:
        case ast.Import():
            yield from (alias.name for alias in node.names)
        case ast.ImportFrom(module=str(module), level=0):
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def _is_forbidden(module: str) -> bool:
    return any(module == name or module.startswith(f"{name}.") for name in FORBIDDEN_MODULES)


def _last_name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _effect(node: ast.AST) -> str:
    """What the node would touch outside its arguments, or an empty string."""
    match node:
        case ast.Call(func=ast.Name(id=name)) if name in FORBIDDEN_CALLS:
            return f"calls {name}()"
        case ast.Attribute(value=owner, attr=clock) if clock in CLOCKS and _last_name(owner) in CLOCK_OWNERS:
            return f"reads the clock by {_last_name(owner)}.{clock}"
        case ast.Attribute(attr=name) | ast.Name(id=name) | ast.alias(name=name) if name in FORBIDDEN_NAMES:
            return f"reads files by {name}"
    return next((f"imports {module}" for module in _modules(node) if _is_forbidden(module)), "")


def _impurities(source: str) -> list[str]:
    nodes = (node for node in ast.walk(ast.parse(source)) if hasattr(node, "lineno"))
    found = [(node.lineno, _effect(node)) for node in nodes]
    return [f"{line}: {effect}" for line, effect in sorted(found) if effect]


def _files(stage: str) -> list[Path]:
    single = PROGRAM / f"{stage}.py"
    return [single] if single.exists() else sorted((PROGRAM / stage).rglob("*.py"))


@pytest.mark.parametrize("stage", STAGES)
def test_stage_exists(stage: str) -> None:
    """Every stage of the river has at least one module."""
    assert _files(stage), f"newsletter/{stage} is missing"


@pytest.mark.parametrize("stage", STAGES)
def test_stage_is_pure(stage: str) -> None:
    """No module of a stage imports or calls anything that reaches outside its arguments."""
    found = [
        f"{file.relative_to(PROGRAM.parent)}:{impurity}"
        for file in _files(stage)
        for impurity in _impurities(file.read_text(encoding="utf-8"))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "planted",
    [
        "import os",
        "import os.path as p",
        "from pathlib import Path",
        "from os import environ",
        "import urllib.request",
        "from urllib import request",
        "from urllib.request import urlopen",
        "from io import open",
        "import http.client",
        "from http import HTTPStatus",
        "import sqlalchemy as sa",
        "from sqlalchemy.sql import text",
        "import logging",
        "from uuid import uuid4",
        "from jinja2 import FileSystemLoader",
        "def f():\n    import random",
        "if True:\n    from time import sleep",
        "text = open('x').read()",
        "print('x')",
        "input()",
        "import datetime\ndatetime.datetime.now()",
        "from datetime import datetime\nstamp = datetime.utcnow()",
        "from datetime import datetime\nclock = datetime.now",
        "import datetime as dt\ndt.date.today()",
        "from datetime import date\ndate.today()",
    ],
)
def test_planted_impurity_is_found(planted: str) -> None:
    """Each way out that somebody might take by mistake is seen."""
    assert _impurities(planted)


@pytest.mark.parametrize(
    "innocent",
    [
        "from io import BytesIO",
        "from urllib.parse import urlsplit",
        "from datetime import UTC, datetime\nlater = datetime(2026, 11, 17, tzinfo=UTC)",
        "import hashlib, re, html",
        "from newsletter.model import Issue",
        "def f(now):\n    return now.date()",
        "feed.opened()",
        "from ostrich import neck",
    ],
)
def test_innocent_code_passes(innocent: str) -> None:
    """What only looks like a way out is left alone."""
    assert not _impurities(innocent)
