"""What a letter is held against: values that were read beforehand, each of which may be lacking."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from newsletter.model.where import Where

TEMPLATE = Where("templates/letter.mjml.j2")


@dataclass(frozen=True, slots=True)
class Feature:
    """Something that CSS or HTML can say, how a letter shows that it does, and who does not understand it."""

    title: str
    keys: frozenset[str]  # such as property:gap; see support.used
    lacking: tuple[str, ...]  # mail programs


@dataclass(frozen=True, slots=True)
class Reference:
    """What a letter is held against. Of what is empty nobody knows, and nothing is said."""

    features: tuple[Feature, ...] = ()
    plain: frozenset[str] = frozenset()  # what the program's own templates use for the same issue
    sources: Mapping[str, str] = field(default_factory=dict)  # the workspace's templates and theme, by path
    readers: Mapping[str, int] = field(default_factory=dict)  # people by segment; empty where no lists are
    addresses: frozenset[str] = frozenset()  # mail addresses and domains that the workspace knows
    earlier: Mapping[str, str] = field(default_factory=dict)  # other issues' subjects → the issue

    def place(self, words: str) -> Where:
        """The first line of a template or of the theme that says the words; else the letter's template."""
        wanted = words.casefold().strip()
        for path, text in self.sources.items() if wanted else ():
            for number, line in enumerate(text.splitlines(), start=1):
                if wanted in line.casefold():
                    return Where(path, number)
        return TEMPLATE


def features(data: bytes) -> tuple[Feature, ...]:
    """The features of ``data/caniemail.json``."""
    return tuple(
        Feature(each["title"], frozenset(each["keys"]), tuple(each["lacking"]))
        for each in json.loads(data)["features"].values()
    )
