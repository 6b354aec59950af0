"""The pictures of picks: found on the page, fetched, remade for mail, named after the pick.

    item ── its page, where the picture or its words are missing ──> address ── fetched, remade ──> file

A picture that does not come along stops nothing: the pick stands without it, and a note says why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime

from newsletter import gather as stage
from newsletter.errors import OutsideError
from newsletter.model.news import NewsItem, Pick, PickPicture, Provenance
from newsletter.pipeline.pages import page
from newsletter.ports import Fetcher, Isolated, SandboxLimits

_LIMITS = SandboxLimits(cpu_seconds=4.0, memory_mb=500, wall_seconds=15.0)  # 40 megapixels, decoded
_AT_ONCE = 8  # nearly all of the time is pauses


@dataclass(frozen=True, slots=True)
class Illustrated:
    """A pick with its picture, or with the reason that it has none."""

    pick: Pick
    files: Mapping[str, bytes] = field(default_factory=dict)  # path from the folder → bytes
    note: str = ""  # Swedish; empty where all went well or there was no picture to be had


@dataclass(frozen=True, slots=True)
class Illustrator:
    """Finds and remakes pictures; touches no file."""

    fetcher: Fetcher
    isolated: Isolated
    now: datetime
    ground: str  # what is transparent becomes this colour, #rrggbb

    def illustrated(self, picks: Sequence[Pick], items: Sequence[NewsItem]) -> tuple[Illustrated, ...]:
        """Each pick, which has its id already, with the picture of its item; hosts are asked side by side."""
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="pick") as threads:
            return tuple(threads.map(self._illustrated, picks, items))

    def _illustrated(self, pick: Pick, item: NewsItem) -> Illustrated:
        item = self._with_page(item)
        if not item.image:
            return Illustrated(pick)
        try:
            answer = self.fetcher.fetch(item.image)
            made = self.isolated.run(stage.picture, answer.body, self.ground, limits=_LIMITS)
        except OutsideError as error:
            why = " ".join(filter(None, (error.what, error.why)))
            return Illustrated(pick, note=f"Bilden till ”{pick.title}” kom inte med. {why}")
        path = f"pictures/news-{pick.id}.{made.suffix}"
        picture = PickPicture(path, _one_line(item.image_alt), item.image)
        return Illustrated(replace(pick, picture=picture), {path: made.data}, _without_words(pick, picture))

    def _with_page(self, item: NewsItem) -> NewsItem:
        """The item with what its own page says of a picture that the list did not tell all of."""
        if (item.image and item.image_alt) or _is_read(item) or not item.url:
            return item
        try:
            read = page(item.url, item.member, self.now, fetcher=self.fetcher, isolated=self.isolated)
        except OutsideError:
            return item  # what is known is enough; the pick does not hang on its picture
        return replace(item, image=read.image or item.image, image_alt=read.image_alt) if read.image else item


def _is_read(item: NewsItem) -> bool:
    """Whether the item's page was read when it was gathered; a feed may hold whole texts, but no pictures."""
    return bool(item.body) and item.provenance is not Provenance.FEED


def _one_line(text: str) -> str:
    """The text as it may stand in a letter: no double braces, which would be read as personal marks."""
    return " ".join(text.split()).replace("{{", "{").replace("}}", "}")


def _without_words(pick: Pick, picture: PickPicture) -> str:
    if picture.alt:
        return ""
    return (
        f"Bilden till ”{pick.title}” saknar beskrivning på källans sida och visas inte förrän du har"
        " skrivit picture_alt."
    )
