"""A letter as files that a browser opens: pictures beside it, personal marks shown by a neutral sample.

The exact bytes that are sent keep their marks and are named by the digest; what lies on disk is for eyes.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from newsletter.model.letter import Letter, Mark
from newsletter.render import web
from newsletter.render.pictures import file_name

SAMPLES: Mapping[Mark, str] = {
    Mark.NAME: "Anna Exempel",
    Mark.MEMBER: "Exempelby kommun",
    Mark.UNSUBSCRIBE: "#avsluta",
    Mark.SOURCE: "",
}


def on_disk(letter: Letter) -> Mapping[str, bytes]:
    """``letter.html``, ``letter.txt``, ``web.html`` and ``pictures/…``.

    Where pictures are hosted, the files of ``pictures/`` are what to upload; the page on disk takes them from
    there all the same, so that it can be looked at before.
    """
    page, shown = letter.html, (*letter.pictures, *letter.hosted)
    for picture in shown:
        page = page.replace(picture.src, f"pictures/{file_name(picture)}")
    texts = {
        "letter.html": _sampled(page, quoted=True),
        "letter.txt": _sampled(letter.text),
        "web.html": web.page(letter),
    }
    pictures = {f"pictures/{file_name(picture)}": picture.data for picture in shown}
    return {name: text.encode() for name, text in texts.items()} | pictures


def _sampled(text: str, *, quoted: bool = False) -> str:
    for mark, sample in SAMPLES.items():
        text = text.replace(mark.token, escape(sample) if quoted else sample)
    return text
