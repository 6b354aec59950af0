"""A theme: colours for light and dark, type, logo and the foot's lines, read from theme.toml."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from newsletter.errors import Problem, Problems
from newsletter.model.toml import TomlText, nearest, read
from newsletter.render.contrast import FORCED, LEAST_CONTRAST, contrast

COLOURS = (
    "paper",  # around the letter
    "sheet",  # behind the text
    "panel",  # behind an invitation, a quote and figures
    "ink",  # running text
    "muted",  # side matters
    "heading",
    "accent",  # lines and labels
    "link",
    "line",  # hairlines
    "button",
    "button_text",
)
_READ_ON = (  # text colour, what it lies on
    ("ink", "sheet"),
    ("ink", "panel"),
    ("muted", "sheet"),
    ("muted", "panel"),
    ("muted", "paper"),
    ("heading", "sheet"),
    ("heading", "panel"),
    ("accent", "sheet"),
    ("accent", "panel"),
    ("link", "sheet"),
    ("link", "panel"),
    ("link", "paper"),
    ("button_text", "button"),
)
_HEX = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True, slots=True)
class Theme:
    """How letters look. Sizes are px; the logo is a path relative to the workspace, empty for none."""

    light: Mapping[str, str]
    dark: Mapping[str, str]
    family: str
    size: int
    line_height: str
    logo: str
    logo_alt: str
    logo_width: int
    footers: Mapping[str, tuple[str, ...]]  # why a letter comes, by its language; not all need to be there


_KEYS: Mapping[str, tuple[str, ...]] = {
    "light": COLOURS,
    "dark": COLOURS,
    "type": ("family", "size", "line_height"),
    "logo": ("file", "alt", "width"),
    "footer": ("lines", "lines_en"),
}
_PLAIN = Theme(
    light=dict(
        zip(
            COLOURS,
            (
                "#f4f4f2",
                "#ffffff",
                "#f4f4f2",
                "#22272b",
                "#555d63",
                "#22272b",
                "#555d63",
                "#1a5276",
                "#d9d9d4",
                "#22272b",
                "#ffffff",
            ),
            strict=True,
        )
    ),
    dark=dict(
        zip(
            COLOURS,
            (
                "#121517",
                "#1c2023",
                "#262b2f",
                "#e8e8e6",
                "#b5bbbf",
                "#ffffff",
                "#b5bbbf",
                "#8fc7ec",
                "#3a4146",
                "#e8e8e6",
                "#121517",
            ),
            strict=True,
        )
    ),
    family="'Segoe UI', 'Helvetica Neue', Helvetica, Arial, sans-serif",
    size=17,
    line_height="1.55",
    logo="",
    logo_alt="",
    logo_width=120,
    footers={},
)


def theme(text: str = "", path: str = "templates/theme.toml") -> Theme:
    """The theme that a text states over the neutral one.

    Raises Problems, with file:line: unknown keys, values of the wrong kind, and colours whose contrast is
    under 4.5:1 in light, in dark, or in light that a mail program inverts by force.
    """
    toml = read(text, path)
    problems: list[Problem] = [*_unknown(toml), *_wrong(toml)]
    Problems.raise_if(problems)
    stated = _stated(toml)
    Problems.raise_if([*_pale(stated.light, "light", toml), *_pale(stated.dark, "dark", toml)])
    Problems.raise_if(_pale_by_force(stated.light, toml))
    return stated


def _unknown(toml: TomlText) -> list[Problem]:
    problems = []
    for name, table in toml.values.items():
        if name not in _KEYS:
            problems.append(_strange(toml, name, tuple(_KEYS), name))
        elif not isinstance(table, Mapping):
            problems.append(Problem(f"{name} ska vara en tabell.", toml.where(name), do=f"Skriv [{name}]."))
        else:
            problems += [
                _strange(toml, key, _KEYS[name], name, key) for key in table if key not in _KEYS[name]
            ]
    return problems


def _strange(toml: TomlText, word: str, known: tuple[str, ...], *keys: str) -> Problem:
    return Problem(f"Okänd inställning: {word}.", toml.where(*keys), do=nearest(word, known))


def _wrong(toml: TomlText) -> list[Problem]:
    """Values that are not of their kind."""
    return [
        Problem(f"{key} = {value!r} går inte.", toml.where(name, key), _kind(name, key), "Rätta värdet.")
        for name, table in toml.values.items()
        if isinstance(table, Mapping)
        for key, value in table.items()
        if not _fits(name, key, value)
    ]


def _kind(name: str, key: str) -> str:
    if name in ("light", "dark"):
        return "En färg skrivs som #163f5c."
    if key == "size":
        return (
            "Brödtext ska vara minst 16 och högst 24 punkter på skärmen: mindre går inte att läsa på telefon."
        )
    if key == "width":
        return "Bredden är ett heltal mellan 24 och 552."
    return "Det ska vara en lista av texter." if name == "footer" else "Det ska vara text inom citattecken."


def _fits(name: str, key: str, value: object) -> bool:
    if name in ("light", "dark"):
        return isinstance(value, str) and _HEX.fullmatch(value) is not None
    if key == "size":
        return type(value) is int and 16 <= value <= 24
    if key == "width":
        return type(value) is int and 24 <= value <= 552
    if name == "footer":
        return isinstance(value, list) and all(isinstance(line, str) for line in value)
    return isinstance(value, str)


def _stated(toml: TomlText) -> Theme:
    values = toml.values
    kind, logo = values.get("type", {}), values.get("logo", {})
    return replace(
        _PLAIN,
        light={**_PLAIN.light, **values.get("light", {})},
        dark={**_PLAIN.dark, **values.get("dark", {})},
        family=kind.get("family", _PLAIN.family),
        size=kind.get("size", _PLAIN.size),
        line_height=kind.get("line_height", _PLAIN.line_height),
        logo=_beside(toml.path, logo.get("file", "")),
        logo_alt=logo.get("alt", ""),
        logo_width=logo.get("width", _PLAIN.logo_width),
        footers=_footers(values.get("footer", {})),
    )


def _footers(table: Mapping[str, list[str]]) -> Mapping[str, tuple[str, ...]]:
    named = {"sv": table.get("lines"), "en": table.get("lines_en")}
    return {language: tuple(lines) for language, lines in named.items() if lines}


def _beside(path: str, file: str) -> str:
    """The logo stands beside the theme."""
    folder = path.rpartition("/")[0]
    return f"{folder}/{file}" if file and folder else file


def _pale(colours: Mapping[str, str], name: str, toml: TomlText) -> list[Problem]:
    return [
        _faint(text, ground, contrast(colours[text], colours[ground]), name, toml)
        for text, ground in _READ_ON
        if contrast(colours[text], colours[ground]) < LEAST_CONTRAST
    ]


def _pale_by_force(colours: Mapping[str, str], toml: TomlText) -> list[Problem]:
    """Mail programs that know no dark colours of a letter's own make some from the light ones."""
    problems = []
    for text, ground in _READ_ON:
        for how, shown in FORCED.items():
            ratio = contrast(*shown(colours[text], colours[ground]))
            if ratio < LEAST_CONTRAST:
                problems.append(_faint(text, ground, ratio, "light", toml, f" {how}"))
                break
    return problems


def _faint(text: str, ground: str, ratio: float, name: str, toml: TomlText, how: str = "") -> Problem:
    """The place is the text's colour, or the ground's where only that was stated."""
    stated = text if (name, text) in toml.lines else ground
    shown = f"{ratio:.1f}".replace(".", ",")
    return Problem(
        f"{text} på {ground} syns för dåligt i {name}{how}.",
        toml.where(name, stated),
        f"Kontrasten är {shown}:1; minst 4,5:1 behövs för att alla ska kunna läsa (WCAG 2.2).",
        f"Gör {text} eller {ground} under [{name}] mörkare eller ljusare.",
    )
