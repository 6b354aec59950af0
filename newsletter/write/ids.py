"""Names of blocks, unique within an issue and steady while the heading is: clicks are counted by them."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from newsletter.model.issue import Block, BlockKind

_LONGEST_ID = 60


def named(unnamed: Sequence[Block]) -> tuple[Block, ...]:
    """The blocks with ids: a heading's slug, or the kind and a number; a second one alike gets -2."""
    taken: set[str] = set()
    counts: Counter[BlockKind] = Counter()
    done: list[Block] = []
    for block in unnamed:
        slug = slug_of(block.title)
        if not slug:
            counts[block.kind] += 1
            slug = f"{block.kind.value}-{counts[block.kind]}"
        done.append(replace(block, id=_free(slug, taken)))
    return tuple(done)


def _free(slug: str, taken: set[str]) -> str:
    found, number = slug, 1
    while found in taken:
        number += 1
        found = f"{slug}-{number}"
    taken.add(found)
    return found


def slug_of(title: str) -> str:
    """Lower case a–z, digits and hyphens: ``Mötesspår på väg`` is ``motesspar-pa-vag``."""
    plain_letters = unicodedata.normalize("NFKD", title.lower()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain_letters).strip("-")[:_LONGEST_ID].strip("-")
