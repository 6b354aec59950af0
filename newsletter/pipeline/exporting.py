"""``people list --format csv``: the lists as a file that can be taken in again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from newsletter import people as stage
from newsletter.model.people import Recipient


def csv_lines(people: Iterable[Recipient], list_: str | None = None) -> Iterator[str]:
    """The lines of a CSV file with these people; of one list alone where it is named."""
    chosen = people if list_ is None else (_of_list(one, list_.casefold()) for one in people)
    return stage.csv_lines(chosen)


def _of_list(one: Recipient, list_: str) -> Recipient:
    return replace(one, mandates=tuple(held for held in one.mandates if held.list == list_))
