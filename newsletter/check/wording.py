"""Words: what was forgotten, what was spoiled on its way, what must not be told."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from newsletter.check.finding import error, warning
from newsletter.check.page import Page
from newsletter.check.prose import Said
from newsletter.model.finding import Finding
from newsletter.model.issue import Block, BlockKind
from newsletter.model.letter import Letter, Mark
from newsletter.model.where import Where

_MOST_ITEMS = 15  # cards, invitations and news
_KNOWN_MARKS = {mark.token for mark in Mark}
_MARK = re.compile(r"\{\{.*?\}\}|\{\{|\}\}|\{%|%\}")
_PLACEHOLDER = re.compile(
    r"\b(?:TK|TKTK|XX+|xxx+|TODO|FIXME|TBD|TBA|Lorem ipsum|lorem)\b|\?\?\?"
    r"|\[(?:namn|datum|plats|tid|länk|ort|titel|rubrik|text|fyll i|name|date|place|link)\b[^\]]*\]",
)
# What `newsletter new` and `init` write for somebody to write over.
_SKELETON = (
    "Byt texten mot er egen",
    "Skriv några meningar om vad brevet handlar om",
    "Så här ser en notis ut",
    "Skriv vad mötet handlar om, vem det är till för",
    "Skriv beskedet här",
    "Platsens namn, ort",
)
# Controls, marks that turn the direction of text around, and the sign for what could not be read.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff]"
)
# UTF-8 read as Windows-1252: å is Ã¥, – is â€“.
_TWICE_CODED = re.compile("Ã[\x80-\xbf¥¤¶…„–©]|â€[\x9c\x9d™œ“”•¦]|\ufffd")
_PERSONAL = re.compile(r"(?<![\d-])(?:19|20)?(\d{2})(\d{2})(\d{2})[-+ ]?(\d{4})(?![\d-])")


def findings(letter: Letter, shown: Sequence[Block], told: Sequence[Said], seen: Page) -> Iterator[Finding]:
    """What is wrong with the words; `told` are those of the blocks that the letter shows."""
    yield from _marks(letter, seen, told)
    yield from _unseen(letter)
    for text, where in told:
        yield from _forgotten(letter, text, where)
        yield from _spoiled(letter, text, where)
        yield from _personal(letter, text, where)
    if not any(_PERSONAL.search(text) for text, _ in told):
        yield from _personal(letter, seen.text, _news_file(letter))
    yield from _too_many(letter, shown)


def _marks(letter: Letter, seen: Page, told: Sequence[Said]) -> Iterator[Finding]:
    """Marks that nobody fills in, and pieces of a template."""
    parts = (letter.subject, letter.preheader, seen.text, letter.html, letter.text, *letter.headers.values())
    strange = {found for part in parts for found in _MARK.findall(_bodies(part)) if found not in _KNOWN_MARKS}
    for mark in sorted(strange):
        yield error(
            "unknown-mark",
            f"{mark} står kvar i brevet.",
            _place_of(mark, letter, told),
            why="Ingen fyller i det, så läsaren ser klamrarna.",
            do="Skriv {{namn}} eller {{medlem}}, eller ta bort det.",
            edition=letter.edition,
        )


def _bodies(part: str) -> str:
    """Without style sheets, whose braces are no marks."""
    return re.sub(r"<style.*?</style>", "", part, flags=re.DOTALL)


def _news_file(letter: Letter) -> Where | None:
    """Where the words stand that are not the issue's own: those of members' news."""
    return next((where for where in letter.source_map.values() if where.file.endswith("news.toml")), None)


def _place_of(mark: str, letter: Letter, told: Sequence[Said]) -> Where | None:
    """The line that says it; else members' news; else the template."""
    line = next((where for text, where in told if mark in text), None)
    return line or (_news_file(letter) if mark in letter.text else Where("templates/letter.mjml.j2"))


def _forgotten(letter: Letter, text: str, where: Where) -> Iterator[Finding]:
    left = [*_PLACEHOLDER.findall(text), *(words for words in _SKELETON if words in text)]
    for found in left:
        yield error(
            "placeholder",
            f"”{found}” ser ut som något att fylla i.",
            where,
            why="Läsaren ska inte se det.",
            do="Skriv det som ska stå där.",
            edition=letter.edition,
        )


def _spoiled(letter: Letter, text: str, where: Where) -> Iterator[Finding]:
    if found := _TWICE_CODED.search(text):
        yield error(
            "text-garbled",
            f"”{found[0]}” ser ut som en bokstav som har gått sönder.",
            where,
            why="Texten har lästs med fel teckenkodning någonstans på vägen, så läsaren ser skräptecken.",
            do="Skriv om ordet, eller kopiera det på nytt från källan.",
            edition=letter.edition,
        )


def _unseen(letter: Letter) -> Iterator[Finding]:
    """Characters that nobody sees; what the communicator writes is clean of them, templates may not be."""
    for part in (letter.subject, letter.preheader, letter.html, letter.text, *letter.headers.values()):
        if found := _UNSEEN.search(part):
            yield error(
                "control-character",
                f"Ett osynligt styrtecken (U+{ord(found[0]):04X}) står i brevet.",
                Where("templates/letter.mjml.j2"),
                why="En del e-postprogram visar det som skräp, och brevet kan fastna på vägen.",
                do="Ta bort det ur mallen eller ur temat.",
                edition=letter.edition,
            )
            return


def _too_many(letter: Letter, shown: Sequence[Block]) -> Iterator[Finding]:
    """More items than anybody reads; picked news count like cards."""
    news = sum(where.file.endswith("news.toml") for where in letter.source_map.values())
    cards = [block for block in shown if block.kind in (BlockKind.CARD, BlockKind.INVITATION)]
    if len(cards) + news > _MOST_ITEMS:
        yield warning(
            "too-many-items",
            f"Brevet har {len(cards) + news} notiser.",
            cards[_MOST_ITEMS].where if len(cards) > _MOST_ITEMS else _news_file(letter),
            why=f"Få läser längre än ett dussin; från den {_MOST_ITEMS + 1}:e når de nästan ingen.",
            do="Spara några till nästa nummer, eller länka till webbplatsen.",
            edition=letter.edition,
        )


def _personal(letter: Letter, text: str, where: Where | None) -> Iterator[Finding]:
    for found in _PERSONAL.finditer(text):
        if _is_personal_number("".join(found.groups())):
            yield error(
                "personal-number",
                "Här står ett svenskt personnummer.",
                where,
                why="Det får inte spridas i ett utskick (dataskyddslagen 3 kap. 10 §).",
                do="Ta bort det. Är det ett annat slags nummer, så säg i numret varför det får stå.",
                edition=letter.edition,
            )


def _is_personal_number(digits: str) -> bool:
    """Ten digits YYMMDDNNNC: a day that exists (coordination numbers add 60), and the Luhn check digit."""
    month, day = int(digits[2:4]), int(digits[4:6])
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(digits))
    return 1 <= month <= 12 and 1 <= day % 60 <= 31 and sum(n // 10 + n % 10 for n in doubled) % 10 == 0
