"""An issue, the news that was picked, and a set of segments become an edition.

    issue + picks + segments and member of each reader → keys → one edition per key
    news.toml ⇄ picks

There are as many editions as there are different letters, never one per reader.
"""

from __future__ import annotations

from newsletter.compose.differing import Difference, difference
from newsletter.compose.dropping import without
from newsletter.compose.editions import Editions, Key, edition, id_of, key, key_of, keys
from newsletter.compose.picks import item_text, picks, picks_text
from newsletter.compose.unknown import (
    unknown_in_picks,
    unknown_places,
    unknown_segments,
    unknown_sender,
    unknown_topics,
    unplaced_picks,
)

__all__ = [
    "Difference",
    "Editions",
    "Key",
    "difference",
    "edition",
    "id_of",
    "item_text",
    "key",
    "key_of",
    "keys",
    "picks",
    "picks_text",
    "unknown_in_picks",
    "unknown_places",
    "unknown_segments",
    "unknown_sender",
    "unknown_topics",
    "unplaced_picks",
    "without",
]
