"""sources.toml: where each member's news is found."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Collection, Sequence
from difflib import get_close_matches
from typing import Any

from newsletter.errors import Problem, Problems
from newsletter.gather.addresses import canonical
from newsletter.model.news import Source, SourceKind
from newsletter.model.where import Where

_KEYS = ("member", "url", "kind", "verified")
_KINDS = tuple(kind.value for kind in SourceKind)


def sources(text: str, path: str, known_members: Collection[str]) -> tuple[Source, ...]:
    """The sources of a text, in its order. Raises Problems with every mistake, each with its line."""
    entries = _entries(text, path)
    lines = _lines(text)
    problems: list[Problem] = []
    found: list[Source] = []
    for number, entry in enumerate(entries):
        checked = _Entry(entry, path, lines[number] if number < len(lines) else {})
        problems += checked.problems(known_members, [source.url for source in found])
        if not problems:
            found.append(checked.source())
    Problems.raise_if(problems)
    return tuple(found)


def sources_text(sources: Sequence[Source]) -> str:
    """The sources as the text of a sources.toml."""
    return "\n".join(
        "[[source]]\n"
        f"member = {json.dumps(source.member)}\n"
        f"url = {json.dumps(source.url)}\n"
        f"kind = {json.dumps(source.kind.value)}\n"
        f"verified = {json.dumps(source.verified)}\n"
        for source in sources
    )


def _entries(text: str, path: str) -> list[dict[str, Any]]:
    try:
        whole = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        raise Problems(
            [_syntax(Where(path, int(line[1]) if line else text.count("\n") + 1), str(error))]
        ) from error
    strangers = [key for key in whole if key != "source"]
    entries = whole.get("source", [])
    if strangers or not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        line_of = _line_of(text, strangers[0] if strangers else "source")
        raise Problems(
            [_syntax(Where(path, line_of), "Filen består bara av stycken som börjar med [[source]].")]
        )
    return entries


def _syntax(where: Where, why: str) -> Problem:
    return Problem(
        "Källfilen går inte att läsa.",
        where,
        why,
        "Skriv varje källa som [[source]] med member, url och kind.",
    )


def _line_of(text: str, key: str) -> int:
    pattern = re.compile(rf"\s*\[*\s*{re.escape(key)}\b")
    return next((number for number, line in enumerate(text.splitlines(), 1) if pattern.match(line)), 0)


def _lines(text: str) -> list[dict[str, int]]:
    """For each [[source]], the line that it and each of its keys stand on; tomllib keeps none."""
    lines: list[dict[str, int]] = []
    for number, line in enumerate(text.splitlines(), 1):
        if re.match(r"\s*\[\[\s*source\s*\]\]", line):
            lines.append({"": number})
        elif lines and (key := re.match(r"\s*[\"']?([\w-]+)[\"']?\s*=", line)):
            lines[-1].setdefault(key[1], number)
    return lines


class _Entry:
    """One [[source]] as it stands in the text, to be checked and turned into a Source."""

    def __init__(self, entry: dict[str, Any], path: str, lines: dict[str, int]) -> None:
        self._entry = entry
        self._path = path
        self._lines = lines

    def source(self) -> Source:
        """The entry as a Source; it must have no problems."""
        entry = self._entry
        kind = SourceKind(entry["kind"])
        return Source(entry["member"], canonical(entry["url"]), kind, entry.get("verified", False))

    def problems(self, known_members: Collection[str], seen: Sequence[str]) -> list[Problem]:
        """Every mistake of the entry."""
        missing = [self._missing(key) for key in ("member", "url", "kind") if key not in self._entry]
        unknown = [self._unknown(key) for key in self._entry if key not in _KEYS]
        checks = {
            "member": self._member_problem(known_members),
            "url": self._url_problem(seen),
            "kind": self._kind_problem(),
            "verified": self._verified_problem(),
        }
        wrong = [problem for key, problem in checks.items() if key in self._entry and problem]
        return missing + unknown + wrong

    def _where(self, key: str) -> Where:
        return Where(self._path, self._lines.get(key, self._lines.get("", 0)))

    def _missing(self, key: str) -> Problem:
        return Problem(f"Källan saknar ”{key}”.", self._where(""), do=f"Lägg till en rad: {key} = …")

    def _unknown(self, key: str) -> Problem:
        why = f"Nycklarna är {', '.join(_KEYS)}."
        return Problem(f"Okänd nyckel ”{key}”.", self._where(key), why, _nearest(key, _KEYS))

    def _member_problem(self, known: Collection[str]) -> Problem | None:
        member = self._entry.get("member")
        if member in known:
            return None
        do = _nearest(str(member), known) or "Medlemmarnas id står i subscribers/members.csv."
        return Problem(
            f"Okänd medlem ”{member}”.", self._where("member"), "Den finns inte i members.csv.", do
        )

    def _url_problem(self, seen: Sequence[str]) -> Problem | None:
        url = self._entry.get("url")
        where = self._where("url")
        if not isinstance(url, str) or not canonical(url):
            return Problem(
                f"”{url}” är ingen webbadress.", where, do="Skriv adressen med http:// eller https://."
            )
        if canonical(url) in seen:
            return Problem(f"Adressen {url} står två gånger.", where, do="Ta bort den ena.")
        return None

    def _kind_problem(self) -> Problem | None:
        kind = self._entry.get("kind")
        if kind in _KINDS:
            return None
        why = "kind är ”feed” (ett nyhetsflöde) eller ”list” (en sida med en lista)."
        return Problem(
            f"Okänt slag av källa: ”{kind}”.", self._where("kind"), why, _nearest(str(kind), _KINDS)
        )

    def _verified_problem(self) -> Problem | None:
        if isinstance(self._entry.get("verified"), bool):
            return None
        return Problem(
            "”verified” är varken true eller false.", self._where("verified"), do="Skriv true eller false."
        )


def _nearest(word: str, known: Collection[str]) -> str:
    near = get_close_matches(word, sorted(known), n=1)
    return f"Menade du ”{near[0]}”?" if near else ""
