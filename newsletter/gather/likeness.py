"""How much a text is like the association's own texts: BM25 over runs of five letters.

Runs of letters need no stemmer and see through compounds: *stålindustrin* and *industristål* share most. One
weighs more the rarer it is among the association's paragraphs, and among the texts that are to be compared:
what every municipality writes in every notice says nothing, though the association may never write it.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

_K1 = 1.2
_B = 0.75
_BEST = 3  # paragraphs that count
_SHORTEST = 40  # characters; below that a paragraph is a heading or a date


class Likeness:
    """The association's texts, cut into paragraphs and counted, ready to be compared with.

    `among` are all the texts that will be compared with them.
    """

    def __init__(self, texts: Sequence[str], among: Sequence[str] = ()) -> None:
        self._parts = [_grams(part) for text in texts for part in _paragraphs(text)]
        self._postings: dict[str, list[tuple[int, int]]] = {}
        for number, grams in enumerate(self._parts):
            for gram, count in grams.items():
                self._postings.setdefault(gram, []).append((number, count))
        self._lengths = [sum(grams.values()) for grams in self._parts]
        self._among = Counter(gram for text in among for gram in set(_grams(text)))
        self._size = len(among)
        self._mean = sum(self._lengths) / max(len(self._lengths), 1)

    def of(self, text: str) -> float:
        """0 or more; the mean of the best paragraphs. Long texts are held back by their root."""
        scores: Counter[int] = Counter()
        grams = _grams(text)
        for gram in grams:
            held = self._postings.get(gram, ())
            weight = _rarity(len(held), len(self._parts)) * _rarity(self._among[gram], self._size)
            for number, count in held:
                scores[number] += weight * self._saturated(count, self._lengths[number])  # type: ignore[assignment]
        best = [score for _, score in scores.most_common(_BEST)]
        return sum(best) / _BEST / math.sqrt(max(len(grams), 12))

    def _saturated(self, count: int, length: int) -> float:
        return count * (_K1 + 1) / (count + _K1 * (1 - _B + _B * length / self._mean))


def _rarity(holders: int, size: int) -> float:
    return math.log(1 + (size - holders + 0.5) / (holders + 0.5))


def _paragraphs(text: str) -> list[str]:
    parts = (re.sub(r"\s+", " ", part).strip() for part in re.split(r"\n\s*\n|^:::.*$", text, flags=re.M))
    return [part for part in parts if len(part) >= _SHORTEST]


def _grams(text: str) -> Counter[str]:
    plain = " " + " ".join(re.findall(r"\w+", text.casefold())) + " "
    return Counter(plain[i : i + 5] for i in range(len(plain) - 4))
