"""Findings that the communicator lets stand: a line ``# newsletter: allow RULE because …``, anywhere.

Such a line is a remark to the program, not a heading: it is taken out before Markdown is read, and in the
front matter it is a comment anyway. The check knows which rules there are; here only the form is read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from newsletter.model.issue import Allowance
from newsletter.model.where import Where
from newsletter.write.characters import one_line
from newsletter.write.mistakes import Mistakes, nearest, shown

_REMARK = re.compile(r"[ \t]*#+[ \t]*newsletter[ \t]*:[ \t]*(.*)", re.IGNORECASE)
_OURS = re.compile(r"[ \t]*#+[ \t]*newsletter[ \t]*:")  # a heading would have begun with a capital
_RULE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_ALLOW = ("allow", "tillåt")
_BECAUSE = ("because", "eftersom")
_FORM = "Skriv # newsletter: allow REGEL because …, med skälet sist."
_WHY = "Skälet står i byggets sammanfattning och läses av den som godkänner brevet."


def allowances(
    lines: Sequence[str], first: int, mistakes: Mistakes
) -> tuple[tuple[Allowance, ...], list[str]]:
    """What is allowed, and the lines with a blank one where it was said. `first` is the first's number."""
    found: list[Allowance] = []
    rest: list[str] = []
    for number, content in enumerate(lines, first):
        said = _said(content)
        rest.append(content if said is None else "")
        if said is not None and (allowance := _read(said, number, mistakes)):
            found.append(allowance)
    return tuple(found), rest


def _said(content: str) -> str | None:
    """What a line tells the program; None where it is a line like any other."""
    remark = _REMARK.fullmatch(content)
    if remark is None:
        return None
    word = remark[1].partition(" ")[0]
    return remark[1] if _OURS.match(content) or nearest(word, _ALLOW) else None


def _read(said: str, line: int, mistakes: Mistakes) -> Allowance | None:
    verb, *words = one_line(said).split(" ")
    rule, because = [*words, "", ""][:2]
    reason = " ".join(words[2:])
    before = len(mistakes.found)
    _check_word(verb, _ALLOW, line, mistakes)
    if not words:
        mistakes.add(line, "Ingen regel nämns efter # newsletter:.", _WHY, _FORM)
    elif not _RULE.fullmatch(rule) or rule in _BECAUSE:
        mistakes.add(line, f"”{shown(rule)}” kan inte vara en regel.", do="Regelns namn står i granskningen.")
    elif because:
        _check_word(because, _BECAUSE, line, mistakes)
    if len(mistakes.found) == before and not any(letter.isalnum() for letter in reason):
        mistakes.add(line, f"”{shown(rule)}” tillåts utan skäl.", _WHY, _FORM)
    if len(mistakes.found) > before:
        return None
    return Allowance(rule, reason, Where(mistakes.file, line))


def _check_word(word: str, known: tuple[str, ...], line: int, mistakes: Mistakes) -> None:
    if word.casefold() not in known:
        close = nearest(word, known)
        do = f"Menade du ”{close}”? {_FORM}" if close else _FORM
        mistakes.add(line, f"”{shown(word)}” går inte att förstå efter # newsletter:.", do=do)
