"""An approval as a text file, one for each, so that two given apart are merged without a conflict."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from newsletter.errors import InputError, Problem, Problems, UsageError
from newsletter.model import digest as numbers
from newsletter.model import toml
from newsletter.model.review import Approval, AudienceDigest, Certainty
from newsletter.model.toml import TomlText

ENDING = ".approval.toml"
"""What the name of an approval's file ends with; other files in the folder are something else."""

_HEAD = """# Ett godkännande. Skrivet av `newsletter review`; ändra inget här.
# Vad det gäller står som fingeravtryck, del för del. Ingen mottagare går att utläsa.
"""
_SCHEMA = 1
_HEX = re.compile(r"[0-9a-f]{64}")
_LONGEST = 100  # characters of a name
_ESCAPED = re.compile('[\\\\"\x00-\x1f\x7f]')
_TEXTS = ("issue", "by", "transport")
_DO = "Lägg tillbaka filen med git, eller ta bort den och låt den som godkände göra det igen."


def name(by: str) -> str:
    """An approver's name, its spaces put right. Raises UsageError where it is none."""
    found = " ".join(unicodedata.normalize("NFC", by).split())
    if not found or len(found) > _LONGEST or not found.isprintable() or not re.search(r"\w", found):
        raise UsageError(
            "Den som godkänner måste ha ett namn.",
            why=f"Ett namn är en rad med högst {_LONGEST} tecken.",
            do='Ange det så här: --by "Anna Berg"',
        )
    return found


def file_name(of: Approval) -> str:
    """The file's name: when, who, and the beginning of what."""
    plain = unicodedata.normalize("NFKD", of.by.casefold()).encode("ascii", "ignore").decode()
    who = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-") or "namn"
    return f"{of.at.astimezone(UTC):%Y-%m-%dT%H%M%SZ}-{who}-{of.digest[:8]}{ENDING}"


def approval_text(of: Approval) -> str:
    """The text that reads back as this approval; the same approval gives the same text."""
    lines = [
        _HEAD,
        f"schema = {_SCHEMA}",
        f"issue = {_quoted(of.issue)}",
        f"by = {_quoted(of.by)}",
        f"at = {of.at.astimezone(UTC).isoformat().replace('+00:00', 'Z')}",
        f"how = {_quoted(of.how.value)}",
        f"transport = {_quoted(of.transport)}",
        f"digest = {_quoted(of.digest)}",
    ]
    for table, people in (("listed", of.listed), ("readers", of.readers)):
        lines += ["", f"[{table}]", f"count = {people.count}", f"digest = {_quoted(people.digest)}"]
    lines += ["", "[parts]", *(f"{_quoted(part)} = {_quoted(value)}" for part, value in of.parts.items())]
    return "\n".join(lines) + "\n"


def approval(text: str, path: str, *, issue: str) -> Approval:
    """The approval of this issue that the text holds. Raises InputError or Problems with file:line."""
    read = toml.read(text.removeprefix("\ufeff"), path)
    Problems.raise_if(_problems(read, issue))
    values = read.values
    found = Approval(
        issue=values["issue"],
        by=values["by"],
        at=values["at"].astimezone(UTC),
        how=Certainty(values["how"]),
        transport=values["transport"],
        parts=dict(sorted(values["parts"].items())),
        listed=AudienceDigest(**values["listed"]),
        readers=AudienceDigest(**values["readers"]),
        digest=values["digest"],
    )
    if numbers.digest(found.parts, found.listed) != found.digest:
        raise InputError(
            "Godkännandet stämmer inte med sig självt.",
            where=read.where("digest"),
            why="Fingeravtrycket är inte delarnas. Filen är ändrad efter att den skrevs.",
            do=_DO,
        )
    return found


def _problems(read: TomlText, issue: str) -> list[Problem]:
    """All that is wrong with the shape of the file."""
    values = read.values
    if values.get("schema") != _SCHEMA:
        what = "Godkännandet är skrivet av en annan version av programmet."
        return [Problem(what, read.where("schema"), "Den här känner schema 1.", "Uppgradera programmet.")]
    wrong = [key for key in _TEXTS if not (isinstance(values.get(key), str) and values[key].strip())]
    wrong += [] if _is_moment(values.get("at")) else ["at"]
    wrong += [] if values.get("how") in [each.value for each in Certainty] else ["how"]
    wrong += [] if _is_hex(values.get("digest")) else ["digest"]
    wrong += [key for key in ("listed", "readers") if not _is_set(values.get(key))]
    wrong += [] if _are_parts(values.get("parts")) else ["parts"]
    if "issue" not in wrong and values["issue"] != issue:
        return [Problem(f"Godkännandet gäller {values['issue']}, inte {issue}.", read.where("issue"), do=_DO)]
    return [Problem(f"{key} saknas eller går inte att läsa.", read.where(key), do=_DO) for key in wrong]


def _is_moment(value: Any) -> bool:  # noqa: ANN401 — TOML may hold anything
    return isinstance(value, datetime) and value.utcoffset() is not None


def _is_hex(value: Any) -> bool:  # noqa: ANN401
    return isinstance(value, str) and bool(_HEX.fullmatch(value))


def _is_set(value: Any) -> bool:  # noqa: ANN401
    if not isinstance(value, Mapping) or set(value) != {"count", "digest"}:
        return False
    count = value["count"]
    return isinstance(count, int) and not isinstance(count, bool) and count >= 0 and _is_hex(value["digest"])


def _are_parts(value: Any) -> bool:  # noqa: ANN401
    return isinstance(value, Mapping) and bool(value) and all(_is_hex(each) for each in value.values())


def _quoted(text: str) -> str:
    """A TOML basic string."""
    return '"' + _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04X}", text) + '"'
