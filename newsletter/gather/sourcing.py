"""sources.toml: where each member's news is found."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any

from newsletter.errors import Problem, Problems
from newsletter.gather.addresses import canonical
from newsletter.model import toml
from newsletter.model.news import Source, SourceKind
from newsletter.model.toml import TomlText, nearest
from newsletter.model.where import Where

_KEYS = ("member", "url", "kind", "verified", "page")
_KINDS = tuple(kind.value for kind in SourceKind)


def sources(text: str, path: str, known_members: Collection[str]) -> tuple[Source, ...]:
    """The sources of a text, in its order. Raises Problems with every mistake, each with its line."""
    read = toml.read(text, path)
    problems: list[Problem] = []
    found: list[Source] = []
    for number, table in enumerate(_tables(read)):
        entry = _Entry(table, read, number)
        wrong = entry.problems(known_members, [source.url for source in found])
        problems += wrong
        found += [] if wrong else [entry.source()]
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
        + (f"page = {json.dumps(source.page)}\n" if source.page else "")
        for source in sources
    )


def _tables(read: TomlText) -> list[dict[str, Any]]:
    """The [[source]] tables. Raises Problems where the file holds anything else."""
    strangers = [key for key in read.values if key != "source"]
    tables = read.values.get("source", [])
    if strangers or not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        why = "Filen består bara av stycken som börjar med [[source]]."
        do = "Skriv varje källa som [[source]] med member, url och kind."
        where = read.where(strangers[0] if strangers else "source")
        raise Problems([Problem("Källfilen innehåller något annat än källor.", where, why, do)])
    return tables


class _Entry:
    """One [[source]] as it stands in the text, to be checked and turned into a Source."""

    def __init__(self, entry: dict[str, Any], read: TomlText, number: int) -> None:
        self._entry = entry
        self._read = read
        self._number = number

    def source(self) -> Source:
        """The entry as a Source; it must have no problems."""
        entry = self._entry
        kind = SourceKind(entry["kind"])
        page = canonical(entry.get("page", ""))
        return Source(entry["member"], canonical(entry["url"]), kind, entry.get("verified", False), page)

    def problems(self, known_members: Collection[str], seen: Sequence[str]) -> list[Problem]:
        """Every mistake of the entry."""
        missing = [self._missing(key) for key in ("member", "url", "kind") if key not in self._entry]
        unknown = [self._unknown(key) for key in self._entry if key not in _KEYS]
        checks = {
            "member": self._member_problem(known_members),
            "url": self._url_problem(seen),
            "kind": self._kind_problem(),
            "verified": self._verified_problem(),
            "page": self._page_problem(),
        }
        wrong = [problem for key, problem in checks.items() if key in self._entry and problem]
        return missing + unknown + wrong

    def _where(self, key: str) -> Where:
        return self._read.where("source", self._number, *([key] if key else []))

    def _missing(self, key: str) -> Problem:
        return Problem(f"Källan saknar ”{key}”.", self._where(""), do=f"Lägg till en rad: {key} = …")

    def _unknown(self, key: str) -> Problem:
        why = f"Nycklarna är {', '.join(_KEYS)}."
        return Problem(f"Okänd nyckel ”{key}”.", self._where(key), why, nearest(key, _KEYS))

    def _member_problem(self, known: Collection[str]) -> Problem | None:
        member = self._entry.get("member")
        if member in known:
            return None
        do = nearest(str(member), sorted(known)) or "Medlemmarnas id står i subscribers/members.csv."
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
        why = "kind är ”feed” (ett nyhetsflöde), ”list” (en sida med en lista) eller ”wp-json”."
        return Problem(
            f"Okänt slag av källa: ”{kind}”.", self._where("kind"), why, nearest(str(kind), _KINDS)
        )

    def _verified_problem(self) -> Problem | None:
        if isinstance(self._entry.get("verified"), bool):
            return None
        return Problem(
            "”verified” är varken true eller false.", self._where("verified"), do="Skriv true eller false."
        )

    def _page_problem(self) -> Problem | None:
        page = self._entry.get("page")
        if page == "" or (isinstance(page, str) and canonical(page)):
            return None
        do = "Skriv adressen till sidan där källan hittades, eller ta bort raden."
        return Problem(f"”{page}” är ingen webbadress.", self._where("page"), do=do)
