"""What the program ships with: default templates, typeface, the skeleton of a workspace, the example."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from newsletter.errors import StateError

_EXAMPLE = ("newsletter.toml", "content", "templates", "subscribers")
_PRIVATE = {"private", "__pycache__", "sending.json", "review"}


def shipped(folder: str) -> dict[str, bytes]:
    """All files below a folder of the package, by their path within it."""
    return dict(_walked(files("newsletter").joinpath(folder), ""))


def example() -> dict[str, bytes]:
    """The example workspace: inside an installed package, or the checkout that the package lies in.

    Nothing private and no state is ever among its files. Raises StateError where there is none.
    """
    inside = files("newsletter").joinpath("example")
    top = inside if inside.is_dir() else Path(str(files("newsletter"))).parent
    if not top.joinpath("newsletter.toml").is_file():
        raise StateError(
            "Exemplet följde inte med programmet.",
            why=f"{top} innehåller ingen newsletter.toml.",
            do="Installera programmet på nytt, eller kör det från en hel utcheckning.",
        )
    found: dict[str, bytes] = {}
    for name in _EXAMPLE:
        entry = top.joinpath(name)
        if entry.is_file():
            found[name] = entry.read_bytes()
        elif entry.is_dir():
            found.update(_walked(entry, f"{name}/"))
    return found


def _walked(folder: Traversable, prefix: str) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    for entry in sorted(folder.iterdir(), key=lambda each: each.name):
        if entry.name in _PRIVATE or entry.name.startswith("__init__"):
            continue
        if entry.is_dir():
            found += _walked(entry, f"{prefix}{entry.name}/")
        else:
            found.append((prefix + entry.name, entry.read_bytes()))
    return found
