"""The news that was picked for an issue, as the text file that an editor may change by hand."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from difflib import get_close_matches
from urllib.parse import urlsplit

from newsletter.errors import Problem, Problems
from newsletter.model.news import Pick, PickLink
from newsletter.model.where import Where

_HEAD = (
    "# Medlemsnytt i det här brevet. Ordningen här är ordningen i brevet.\n"
    "# title och lead får skrivas om; source_title och source_lead är källans egna ord.\n"
)
_REQUIRED = ("member", "url", "title")
_TEXTS = ("id", "member", "url", "title", "lead", "topic", "source_title", "source_lead")
_KEYS = ("id", "member", "url", "title", "lead", "date", "topic", "source_title", "source_lead", "also")
_ALSO = ("member", "url")
_SHOWN = ("title", "lead")  # what the letter shows, where a personal mark would be filled in
_ITEM = re.compile(r"[ \t]*\[\[[ \t]*(?:item|\"item\"|'item')[ \t]*\]\][ \t]*(?:#.*)?")
_AT_LINE = re.compile(r"\(at line ([0-9]+)")
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufdd0-\ufdef\ufffe\uffff]"
)
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}
_ESCAPED = re.compile('[\\\\"\x00-\x1f\x7f]')

Table = Mapping[str, object]


@dataclass(slots=True)
class _Mistakes:
    """What was found wrong in the file so far."""

    file: str
    found: list[Problem] = field(default_factory=list)

    def add(self, line: int, what: str, why: str = "", do: str = "") -> None:
        self.found.append(Problem(what, Where(self.file, max(line, 1)), why, do))


# --- reading --------------------------------------------------------------------------------------


def picks(text: str, path: str) -> tuple[Pick, ...]:
    """The picks of a news.toml, in its order. Raises Problems with every mistake, each with file:line."""
    mistakes = _Mistakes(path)
    tables = _tables(text.removeprefix("\ufeff"), mistakes)
    found = [_pick(table, line, mistakes) for line, table in tables]
    named = _named([pick for pick in found if pick is not None])
    _check_ids(named, mistakes)
    Problems.raise_if(mistakes.found)
    return named


def _tables(text: str, mistakes: _Mistakes) -> list[tuple[int, Table]]:
    """The tables of the file, each with the line of its header."""
    try:
        whole = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        _unreadable(text, error, mistakes)
        return []
    for key in whole:
        if key != "item":
            mistakes.add(
                _line_of(key, text), f"”{_shown(key)}” är okänt här.", do="Varje nyhet börjar med [[item]]."
            )
    items = whole.get("item", [])
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        mistakes.add(
            _line_of("item", text), "”item” är ingen lista av nyheter.", do="Börja varje nyhet med [[item]]."
        )
        return []
    return list(zip(_header_lines(text, len(items)), items, strict=True))


def _unreadable(text: str, error: Exception, mistakes: _Mistakes) -> None:
    found = _AT_LINE.search(str(error))
    last = text.rstrip().count("\n") + 1
    mistakes.add(
        int(found[1]) if found else last,
        "Filen med medlemsnytt går inte att läsa.",
        "Ofta saknas ett citattecken, eller ett står inne i en text.",
        'Skriv title = "…" på en rad; ett citattecken inne i texten skrivs \\" eller ”.',
    )


def _line_of(key: str, text: str) -> int:
    """The first line that sets the key, as far as can be seen from its beginning."""
    starts = (key, f"[{key}", f"[[{key}", f'"{key}')
    lines = enumerate(text.split("\n"), 1)
    return next((number for number, content in lines if content.lstrip().startswith(starts)), 1)


def _header_lines(text: str, count: int) -> Sequence[int]:
    """The line of each [[item]]; where they do not add up, as inside a text of many lines, all say 1."""
    lines = [
        number for number, content in enumerate(text.split("\n"), 1) if _ITEM.fullmatch(content.rstrip("\r"))
    ]
    return lines if len(lines) == count else [1] * count


def _pick(table: Table, line: int, mistakes: _Mistakes) -> Pick | None:
    before = len(mistakes.found)
    _check_keys(table, _KEYS, _REQUIRED, line, mistakes)
    texts = {key: _text(table, key, line, mistakes) for key in _TEXTS}
    for key in _SHOWN:
        if "{{" in texts[key] or "}}" in texts[key]:
            mistakes.add(
                line,
                f"”{key}” innehåller dubbla klamrar.",
                "De hör till personliga märken.",
                "Skriv om texten.",
            )
    _check_address(texts["url"], line, mistakes)
    published = _day(table.get("date"), line, mistakes)
    also = tuple(_also(table.get("also", []), line, mistakes))
    if len(mistakes.found) > before:
        return None
    return Pick(**texts, published=published, also=also, line=line)


def _check_keys(
    table: Table, known: Sequence[str], required: Sequence[str], line: int, mistakes: _Mistakes
) -> None:
    for key in table:
        if key not in known:
            close = get_close_matches(key.casefold()[:60], known, n=1)
            do = f"Menade du ”{close[0]}”?" if close else f"Det som kan stå här är {', '.join(known)}."
            mistakes.add(line, f"”{_shown(key)}” är okänt i en nyhet.", do=do)
    for key in required:
        if not table.get(key):
            mistakes.add(line, f"Nyheten saknar ”{key}”.", do=f'Lägg till raden {key} = "…".')


def _text(table: Table, key: str, line: int, mistakes: _Mistakes) -> str:
    """One line of text; what is missing is empty."""
    value = table.get(key, "")
    if not isinstance(value, str):
        mistakes.add(line, f"”{key}” är ingen text.", do=f'Skriv {key} = "…", med citattecken.')
        return ""
    if _UNSEEN.search(value):
        mistakes.add(line, f"Ett osynligt styrtecken står i ”{key}”.", do="Skriv texten på nytt.")
    return _one_line(value)


def _one_line(text: str) -> str:
    return unicodedata.normalize("NFC", re.sub(r"[ \t\n]+", " ", text)).strip(" ")


def _check_address(url: str, line: int, mistakes: _Mistakes) -> None:
    if url and not _is_web(url):
        mistakes.add(
            line,
            f"”{_shown(url)}” är ingen webbadress.",
            do="Skriv hela adressen, https://www.exempel.se/nyhet.",
        )


def _is_web(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return (
            parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in url and "{{" not in url
        )
    except ValueError:  # such as half an IPv6 address
        return False


def _day(value: object, line: int, mistakes: _Mistakes) -> date | None:
    """The day, written as a TOML date or as text; nothing and an empty text are no day."""
    if value is None or value == "":
        return None
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    mistakes.add(line, f"”{_shown(str(value))}” är inget datum.", do="Skriv till exempel date = 2026-11-03.")
    return None


def _also(value: object, line: int, mistakes: _Mistakes) -> Iterator[PickLink]:
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        do = 'Skriv also = [{ member = "avesta", url = "https://…" }].'
        mistakes.add(line, "”also” är ingen lista av medlemmar.", do=do)
        return
    for one in value:
        _check_keys(one, _ALSO, _ALSO, line, mistakes)
        url = _text(one, "url", line, mistakes)
        _check_address(url, line, mistakes)
        yield PickLink(_text(one, "member", line, mistakes), url)


def _named(found: Sequence[Pick]) -> tuple[Pick, ...]:
    """The picks, those that an editor wrote without an id with one made from the title."""
    taken = {pick.id for pick in found}
    named: list[Pick] = []
    for pick in found:
        name = pick.id or _free(_slug(pick.title), taken)
        taken.add(name)
        named.append(replace(pick, id=name))
    return tuple(named)


def _slug(title: str) -> str:
    letters = unicodedata.normalize("NFKD", title.lower()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:60].strip("-") or "nyhet"


def _free(slug: str, taken: set[str]) -> str:
    found, number = slug, 1
    while found in taken:
        number += 1
        found = f"{slug}-{number}"
    return found


def _check_ids(found: Sequence[Pick], mistakes: _Mistakes) -> None:
    counts = Counter(pick.id for pick in found)
    seen: set[str] = set()
    for pick in found:
        if counts[pick.id] > 1 and pick.id in seen:
            mistakes.add(
                pick.line,
                f"Två nyheter har samma id, ”{_shown(pick.id)}”.",
                do="Ta bort den ena, eller dess rad id.",
            )
        seen.add(pick.id)


def _shown(text: str) -> str:
    printable = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return printable if len(printable) <= 60 else printable[:59] + "…"


# --- writing --------------------------------------------------------------------------------------


def picks_text(picks: Sequence[Pick]) -> str:
    """The text of a news.toml that reads back as these picks; the same picks give the same text."""
    return "\n".join([_HEAD, *(_item(pick) for pick in picks)])


def _item(pick: Pick) -> str:
    lines = ["[[item]]"]
    lines += [f"{key} = {_quoted(getattr(pick, key))}" for key in ("id", "member", "url", "title", "lead")]
    lines += [f"date = {pick.published.isoformat()}"] if pick.published else []
    lines += [f"{key} = {_quoted(getattr(pick, key))}" for key in ("topic", "source_title", "source_lead")]
    also = [f"{{ member = {_quoted(link.member)}, url = {_quoted(link.url)} }}" for link in pick.also]
    lines += [f"also = [{', '.join(also)}]"] if also else []
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """A TOML basic string."""
    return '"' + _ESCAPED.sub(lambda found: _ESCAPES.get(found[0], f"\\u{ord(found[0]):04X}"), text) + '"'
