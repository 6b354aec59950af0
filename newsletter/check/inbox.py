"""The inbox: sender, subject and preheader, by which a letter is opened or not."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from newsletter.check.finding import error, warning
from newsletter.check.reference import Reference
from newsletter.model.finding import Finding
from newsletter.model.issue import Issue
from newsletter.model.letter import Letter
from newsletter.model.where import Where

_LONGEST_SUBJECT = 60  # what a telephone shows
_PREHEADER = (30, 110)
_WORD = re.compile(r"[^\W\d_]{5,}")
_SHOUTED = re.compile(r"\b[A-ZÅÄÖ]{4,}\b")
_FEWEST_SHOUTED = 2  # one may be an abbreviation
_EAGER = re.compile(r"!{2,}|\?{2,}|[!?].*!")


def findings(letter: Letter, issue: Issue, reference: Reference) -> Iterator[Finding]:
    """What is wrong with the two lines of the inbox."""
    file, lines = issue.where.file, issue.lines
    yield from _subject(letter, Where(file, lines.get("subject", 0)), reference)
    yield from _preheader(letter, Where(file, lines.get("preheader", 0)))


def _subject(letter: Letter, where: Where, reference: Reference) -> Iterator[Finding]:
    subject = letter.subject.strip()
    if not subject:
        yield error(
            "subject-empty",
            "Ämnesraden är tom.",
            where,
            why="Den avgör om brevet öppnas, och tomma ämnen hamnar i skräpposten.",
            do="Skriv subject: i början av issue.md.",
            edition=letter.edition,
        )
    if len(subject) > _LONGEST_SUBJECT:
        yield warning(
            "subject-long",
            f"Ämnesraden är {len(subject)} tecken lång.",
            where,
            why=f"En telefon visar omkring {_LONGEST_SUBJECT}.",
            do="Börja med det viktigaste, och korta.",
            edition=letter.edition,
        )
    yield from _manner(letter, subject, where)
    yield from _repeated(letter, subject, where, reference)


def _manner(letter: Letter, subject: str, where: Where) -> Iterator[Finding]:
    if len(_SHOUTED.findall(subject)) >= _FEWEST_SHOUTED or _EAGER.search(subject):
        yield warning(
            "subject-shouts",
            "Ämnesraden ropar.",
            where,
            why="Flera ord i versaler eller flera utropstecken räknas som tecken på skräppost.",
            do="Skriv med vanliga bokstäver och högst ett utropstecken.",
            edition=letter.edition,
        )


def _repeated(letter: Letter, subject: str, where: Where, reference: Reference) -> Iterator[Finding]:
    """Words that stand twice in the subject, and a subject that another issue had."""
    counted = Counter(word.casefold() for word in _WORD.findall(subject))
    if twice := [word for word, count in counted.items() if count > 1]:
        yield warning(
            "subject-repeats",
            f"Ämnesraden säger ”{twice[0]}” två gånger.",
            where,
            why="Utrymmet är kort, och upprepningar liknar skräppost.",
            do="Säg det en gång.",
            edition=letter.edition,
        )
    if subject and (other := reference.earlier.get(subject.casefold())):
        yield warning(
            "subject-used",
            f"Numret {other} har samma ämnesrad.",
            where,
            why="Många e-postprogram lägger då ihop breven till en tråd, och det nya syns inte.",
            do="Skriv en ämnesrad som bara gäller det här brevet.",
            edition=letter.edition,
        )


def _preheader(letter: Letter, where: Where) -> Iterator[Finding]:
    subject, preheader = letter.subject.strip(), letter.preheader.strip()
    least, most = _PREHEADER
    if not least <= len(preheader) <= most:
        yield warning(
            "preheader-length",
            f"Raden efter ämnet är {len(preheader)} tecken lång.",
            where,
            why=f"Under {least} fylls den ut med brevets första ord; över {most} kapas den.",
            do=f"Skriv mellan {least} och {most} tecken.",
            edition=letter.edition,
        )
    if subject and subject.casefold() in preheader.casefold():
        yield warning(
            "preheader-repeats",
            "Raden efter ämnet upprepar ämnet.",
            where,
            why="De står bredvid varandra i inkorgen.",
            do="Säg något mer där.",
            edition=letter.edition,
        )
