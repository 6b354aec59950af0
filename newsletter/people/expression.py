"""The small language of segments: ``roll in (chef, rua) och inte län = Dalarna``.

    either     := both { (eller|or) both }
    both       := single { (och|and) single }
    single     := (inte|not) single | "(" either ")" | comparison
    comparison := field ("=" | "!=") value | field [inte|not] in "(" value { "," value } ")"

Every mistake points at its word.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from newsletter.model.people import AllOf, Among, AnyOf, Expression, Field, Not
from newsletter.model.toml import nearest
from newsletter.people import words

_TOKEN = re.compile(r'(?P<sign>!=|[=(),])|"(?P<quoted>[^"]*)"|(?P<word>[^\s=!(),"]+)|(?P<stray>\S)')
_AND, _OR, _NOT, _IN = ("och", "and"), ("eller", "or"), ("inte", "not"), ("in", "i")
_KEYWORDS = frozenset(_AND + _OR + _NOT + _IN)
_DEEPEST = 40

Vocabulary = Mapping[Field, Mapping[str, str] | None]  # folded name → value; None: any word will do


class WrongWord(Exception):
    """The expression is wrong at `offset`, where `word` stands; kept inside the room and told by segments."""

    def __init__(self, offset: int, word: str, what: str, why: str = "") -> None:
        super().__init__(what)
        self.offset, self.word, self.what, self.why = offset, word, what, why


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    offset: int
    quoted: bool = False

    def is_one_of(self, signs: tuple[str, ...]) -> bool:
        return not self.quoted and self.text.casefold() in signs


def parsed(text: str, vocabulary: Vocabulary) -> Expression:
    """The tree of an expression. Raises WrongWord at the first word that cannot stand where it stands."""
    parser = _Parser(_tokens(text), vocabulary)
    tree = parser.either(0)
    parser.expect_end()
    return tree


def _tokens(text: str) -> list[_Token]:
    tokens = []
    for match in _TOKEN.finditer(text):
        if match["stray"]:
            raise WrongWord(match.start(), match["stray"], f"”{match['stray']}” kan inte stå här.")
        quoted = match["quoted"] is not None
        tokens.append(_Token(match["quoted"] if quoted else match[0], match.start(), quoted))
    return [*tokens, _Token("", len(text))]  # an empty token marks the end


class _Parser:
    """Recursive descent, one token ahead."""

    def __init__(self, tokens: list[_Token], vocabulary: Vocabulary) -> None:
        self._tokens, self._next, self._vocabulary = tokens, 0, vocabulary

    def either(self, depth: int) -> Expression:
        parts = [self._both(depth)]
        while self._take(_OR):
            parts.append(self._both(depth))
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def _both(self, depth: int) -> Expression:
        parts = [self._single(depth)]
        while self._take(_AND):
            parts.append(self._single(depth))
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def _single(self, depth: int) -> Expression:
        if depth > _DEEPEST:
            raise self._wrong("Uttrycket är för djupt kapslat.", f"Högst {_DEEPEST} nivåer läses.")
        if self._take(_NOT):
            return Not(self._single(depth + 1))
        if self._take(("(",)):
            inner = self.either(depth + 1)
            self._expect(")", "Parentesen stängs aldrig.")
            return inner
        return self._comparison()

    def _comparison(self) -> Expression:
        field = self._field()
        if self._take(("=",)):
            return Among(field, (self._value(field),))
        if self._take(("!=",)):
            return Not(Among(field, (self._value(field),)))
        negated = self._take(_NOT)
        if self._take(_IN):
            among = Among(field, self._values(field))
            return Not(among) if negated else among
        raise self._wrong("Här väntades =, != eller in.", "Skriv till exempel: roll in (ordforande, chef)")

    def _field(self) -> Field:
        token = self._word("ett fält")
        field = None if token.quoted else words.FIELDS.get(words.folded(token.text))
        if field is None:
            why = nearest(token.text.casefold(), words.SWEDISH_FIELDS)
            raise WrongWord(token.offset, token.text, f"Fältet ”{token.text}” finns inte.", why)
        return field

    def _values(self, field: Field) -> tuple[str, ...]:
        self._expect("(", "Efter in kommer värdena inom parentes.")
        values = [self._value(field)]
        while self._take((",",)):
            values.append(self._value(field))
        self._expect(")", "Parentesen stängs aldrig.")
        return tuple(dict.fromkeys(values))

    def _value(self, field: Field) -> str:
        token = self._word("ett värde")
        known = self._vocabulary[field]
        if known is None:
            return words.folded(token.text)
        value = known.get(words.folded(token.text))
        if value is None:
            why = nearest(words.folded(token.text), tuple(dict.fromkeys(known.values())))
            raise WrongWord(
                token.offset, token.text, f"”{token.text}” är inget värde för {_swedish(field)}.", why
            )
        return value

    def _word(self, wanted: str) -> _Token:
        token = self._tokens[self._next]
        is_word = token.quoted or (token.text not in ("", "=", "!=", "(", ")", ","))
        if not is_word or token.is_one_of(tuple(_KEYWORDS)):
            raise self._wrong(f"Här väntades {wanted}.")
        self._next += 1
        return token

    def _take(self, signs: tuple[str, ...]) -> bool:
        taken = self._tokens[self._next].is_one_of(signs)
        self._next += taken
        return taken

    def _expect(self, sign: str, why: str) -> None:
        if not self._take((sign,)):
            raise self._wrong(f"Här väntades ”{sign}”.", why)

    def expect_end(self) -> None:
        token = self._tokens[self._next]
        if token.text or token.quoted:
            raise self._wrong(
                "Här väntades och, eller, eller slut.", "Ett värde med mellanslag står inom citattecken."
            )

    def _wrong(self, what: str, why: str = "") -> WrongWord:
        token = self._tokens[self._next]
        return WrongWord(token.offset, token.text, what, why)


def _swedish(field: Field) -> str:
    return next(word for word in words.SWEDISH_FIELDS if words.FIELDS[word] is field)
