"""How the commands about people show tables, numbers and JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

_WIDE = 200  # columns in a file or a pipe, where nothing need be cut


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Show rows on stdout; a name in brackets is no markup."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    shown = Table(*headings, box=box.SIMPLE_HEAD, pad_edge=False)
    for row in rows:
        shown.add_row(*(Text(cell) for cell in row))
    console = Console()
    (console if console.is_terminal else Console(width=_WIDE)).print(shown)


def json(data: Any) -> None:  # noqa: ANN401
    """Show data on stdout."""
    from json import dumps

    click.echo(dumps(data, ensure_ascii=False, indent=2))


def measuring(mode: str) -> str:
    """The measuring mode in words."""
    return {"none": "ingen", "provider": "per adress, hos leverantören"}.get(mode, mode)


def counted(number: int) -> str:
    """A number as Swedish readers group it."""
    return f"{number:,}".replace(",", "\u00a0")
