"""A letter as files that a browser opens: pictures beside it, personal marks shown by a neutral sample.

The exact bytes that are sent keep their marks and are named by the digest; what lies on disk is for eyes.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from newsletter.model.letter import Letter, Mark, Picture
from newsletter.render.pictures import SUFFIX

SAMPLES: Mapping[Mark, str] = {
    Mark.NAME: "Anna Exempel",
    Mark.MEMBER: "Exempelby kommun",
    Mark.UNSUBSCRIBE: "#avsluta",
}


def on_disk(letter: Letter) -> Mapping[str, bytes]:
    """``letter.html``, ``letter.txt`` and ``pictures/…``."""
    page, text = letter.html, _sampled(letter.text)
    for picture in letter.pictures:
        page = page.replace(f"cid:{picture.cid}", _path(picture))
    files = {"letter.html": _sampled(page, quoted=True).encode(), "letter.txt": text.encode()}
    return files | {_path(picture): picture.data for picture in letter.pictures}


def _path(picture: Picture) -> str:
    return f"pictures/{picture.cid.partition('@')[0]}{SUFFIX[picture.mime]}"


def _sampled(text: str, *, quoted: bool = False) -> str:
    for mark, sample in SAMPLES.items():
        text = text.replace(mark.token, escape(sample) if quoted else sample)
    return text
