"""The news that was picked for an issue, as the text file that an editor may change by hand."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from urllib.parse import urlsplit

from newsletter.errors import InputError, Problem, Problems
from newsletter.model import toml
from newsletter.model.news import Pick, PickLink, PickPicture
from newsletter.model.toml import TomlText
from newsletter.model.where import Where

_HEAD = (
    "# Medlemsnytt i det här brevet. Ordningen här är ordningen i brevet.\n"
    "# title och lead får skrivas om; source_title och source_lead är källans egna ord.\n"
    "# En egen nyhet är [[item]] och title, gärna med url, member, lead, date och topic.\n"
)
_REQUIRED = ("title",)  # an editor's own item may have no member and lead nowhere
_TEXTS = ("id", "member", "url", "title", "lead", "topic", "source_title", "source_lead")
_PICTURE = ("picture", "picture_source", "picture_alt")
KEYS = (*_TEXTS, "date", "also", *_PICTURE)
_ALSO = ("member", "url")
_SHOWN = ("title", "lead")  # what the letter shows
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufdd0-\ufdef\ufffe\uffff]"
)
_PICTURE_PATH = re.compile(r"[^\\:]+/[^\\:/]+\.(?:png|jpe?g)", re.I)
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}
_ESCAPED = re.compile('[\\\\"\x00-\x1f\x7f]')

# --- reading --------------------------------------------------------------------------------------


def picks(text: str, path: str) -> tuple[Pick, ...]:
    """The picks of a news.toml, in its order. Raises Problems with every mistake, each with file:line."""
    problems: list[Problem] = []
    found = [_Item(table, problems).pick() for table in _tables(text.removeprefix("\ufeff"), path, problems)]
    named = _named([pick for pick in found if pick is not None])
    problems += _same_ids(named, path)
    Problems.raise_if(problems)
    return named


@dataclass(frozen=True, slots=True)
class _Table:
    """One table of the file, which knows the lines of its keys."""

    values: Mapping[str, object]
    read: TomlText
    path: tuple[str, ...]

    def where(self, key: str = "") -> Where:
        """The key's line, or the table's."""
        found = self.read.where(*self.path, *([key] if key else []))
        return Where(found.file, max(found.line, 1))


def _tables(text: str, path: str, problems: list[Problem]) -> list[_Table]:
    """The tables of the file, one a pick."""
    try:
        read = toml.read(text, path)
    except InputError as error:
        do = 'Skriv title = "…" på en rad; ett citattecken inne i texten skrivs \\" eller ”.'
        problems.append(Problem(error.what, error.where, error.why, do))
        return []
    except RecursionError:  # lists in lists, thousands deep
        problems.append(Problem(f"{path} går inte att läsa.", Where(path, 1), "Listor står i listor."))
        return []
    whole = _Table(read.values, read, ())
    _check_keys(whole, ("item",), (), problems)
    items = read.values.get("item", [])
    if isinstance(items, list) and all(isinstance(item, dict) for item in items):
        return [_Table(item, read, ("item", str(index))) for index, item in enumerate(items)]
    what = "”item” är ingen lista av nyheter."
    problems.append(Problem(what, whole.where("item"), do="Börja varje nyhet med [[item]]."))
    return []


def _check_keys(
    table: _Table, known: Sequence[str], required: Sequence[str], problems: list[Problem]
) -> None:
    for key in table.values:
        if key not in known:
            what = f"”{_brief(key)}” är okänt här."
            problems.append(Problem(what, table.where(key), do=toml.nearest(key[:60], list(known))))
    for key in required:
        if table.values.get(key) in (None, "") or not str(table.values[key]).strip(" \t\n"):
            what = f"Nyheten saknar ”{key}”."
            problems.append(Problem(what, table.where(key), do=f'Lägg till raden {key} = "…".'))


@dataclass(frozen=True, slots=True)
class _Item:
    """Reads one table; what is wrong goes among the problems."""

    table: _Table
    problems: list[Problem]

    def pick(self) -> Pick | None:
        """The pick, or None where something was wrong."""
        before = len(self.problems)
        _check_keys(self.table, KEYS, _REQUIRED, self.problems)
        texts = {key: self.shown(key) if key in _SHOWN else self.text(key) for key in _TEXTS}
        self.check_address("url", texts["url"])
        published, also, picture = self.day(), tuple(self.also()), self.picture()
        if len(self.problems) > before:
            return None
        line = self.table.where().line
        return Pick(**texts, published=published, also=also, line=line, picture=picture)

    def shown(self, key: str) -> str:
        """A text that stands in the letter, where a personal mark would be filled in."""
        text = self.text(key)
        if "{{" in text or "}}" in text:
            why = "De hör till personliga märken, som inte kan stå i en nyhet."
            self.wrong(key, f"”{key}” innehåller dubbla klamrar.", "Skriv om texten.", why)
        return text

    def picture(self) -> PickPicture | None:
        """The picture, where one is named; what is said of it without a name is of no use, and no harm."""
        path, source, alt = self.text("picture"), self.text("picture_source"), self.shown("picture_alt")
        self.check_address("picture_source", source)
        if not path:
            return None
        if not _is_picture(path):
            do = 'Lägg bilden i numrets mapp och skriv picture = "pictures/namn.jpg".'
            why = "Den ska vara PNG eller JPEG och ligga i mappen pictures bredvid news.toml."
            self.wrong("picture", f"”{_brief(path)}” kan inte vara nyhetens bild.", do, why)
        return PickPicture(path, alt, source, self.table.where("picture").line)

    def wrong(self, key: str, what: str, do: str, why: str = "") -> None:
        self.problems.append(Problem(what, self.table.where(key), why, do))

    def text(self, key: str) -> str:
        """One line of text; what is missing is empty."""
        value = self.table.values.get(key, "")
        if not isinstance(value, str):
            self.wrong(key, f"”{key}” är ingen text.", f'Skriv {key} = "…", med citattecken.')
            return ""
        if _UNSEEN.search(value):
            self.wrong(key, f"Ett osynligt styrtecken står i ”{key}”.", "Skriv texten på nytt.")
        return _one_line(value)

    def check_address(self, key: str, url: str) -> None:
        if url and not _is_web(url):
            do = "Skriv hela adressen, https://www.exempel.se/nyhet."
            self.wrong(key, f"”{_brief(url)}” är ingen webbadress.", do)

    def day(self) -> date | None:
        """The day, written as a TOML date or as text; nothing and an empty text are no day."""
        value = self.table.values.get("date", "")
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            with suppress(ValueError):
                return date.fromisoformat(value)
        if value != "":
            self.wrong(
                "date", f"”{_brief(str(value))}” är inget datum.", "Skriv till exempel date = 2026-11-03."
            )
        return None

    def also(self) -> Iterator[PickLink]:
        """The other members that tell the same story."""
        value = self.table.values.get("also", [])
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            do = 'Skriv also = [{ member = "avesta", url = "https://…" }].'
            self.wrong("also", "”also” är ingen lista av medlemmar.", do)
            return
        for one in value:
            inner = _Item(_Table(one, self.table.read, (*self.table.path, "also")), self.problems)
            _check_keys(inner.table, _ALSO, _ALSO, self.problems)
            url = inner.text("url")
            inner.check_address("url", url)
            yield PickLink(inner.text("member"), url)


def _one_line(text: str) -> str:
    return unicodedata.normalize("NFC", re.sub(r"[ \t\n]+", " ", text)).strip(" ")


def _is_web(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:  # such as half an IPv6 address
        return False
    whole = " " not in url and "{{" not in url
    return whole and parts.scheme in ("http", "https") and bool(parts.hostname)


def _is_picture(path: str) -> bool:
    folders = path.split("/")
    return folders[0] == "pictures" and ".." not in folders and bool(_PICTURE_PATH.fullmatch(path))


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


def _same_ids(found: Sequence[Pick], path: str) -> Iterator[Problem]:
    """Picks whose id an earlier one has; clicks are counted by it."""
    seen: set[str] = set()
    for pick in found:
        if pick.id in seen:
            what = f"Två nyheter har samma id, ”{_brief(pick.id)}”."
            yield Problem(what, Where(path, pick.line), do="Ta bort den ena, eller dess rad id.")
        seen.add(pick.id)


def _brief(text: str) -> str:
    printable = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return printable if len(printable) <= 60 else printable[:59] + "…"


# --- writing --------------------------------------------------------------------------------------


def picks_text(picks: Sequence[Pick]) -> str:
    """The text of a news.toml that reads back as these picks; the same picks give the same text."""
    return "\n".join([_HEAD, *(_item(pick) for pick in picks)])


def item_text(pick: Pick) -> str:
    """A pick as somebody writes it by hand: only what is known."""
    lines = (line for line in _item(pick).splitlines() if not line.endswith('= ""'))
    return "\n".join(lines) + "\n"


def _item(pick: Pick) -> str:
    lines = ["[[item]]"]
    lines += [f"{key} = {_quoted(getattr(pick, key))}" for key in ("id", "member", "url", "title", "lead")]
    lines += [f"date = {pick.published.isoformat()}"] if pick.published else []
    lines += [f"{key} = {_quoted(getattr(pick, key))}" for key in ("topic", "source_title", "source_lead")]
    also = [f"{{ member = {_quoted(link.member)}, url = {_quoted(link.url)} }}" for link in pick.also]
    lines += [f"also = [{', '.join(also)}]"] if also else []
    lines += _picture_lines(pick.picture) if pick.picture else []
    return "\n".join(lines) + "\n"


def _picture_lines(picture: PickPicture) -> list[str]:
    values = (picture.path, picture.source, picture.alt)
    return [f"{key} = {_quoted(value)}" for key, value in zip(_PICTURE, values, strict=True)]


def _quoted(text: str) -> str:
    """A TOML basic string."""
    return '"' + _ESCAPED.sub(lambda found: _ESCAPES.get(found[0], f"\\u{ord(found[0]):04X}"), text) + '"'
