"""Pictures are measured without decoding them."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from newsletter.errors import InputError
from newsletter.model.where import Where
from newsletter.render.pictures import picture
from tests.render.building import png

WHERE = Where("content/issues/2026-2/issue.md", 3)


def _file(kind: str, size: tuple[int, int], **options: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "#163f5c").save(out, kind, **options)
    return out.getvalue()


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"quality": 30, "comment": b"x" * 300}])
def test_jpeg_is_measured(options: dict[str, object]) -> None:
    """Baseline, progressive and commented JPEG give the size that a decoder sees."""
    made = picture("a/Å tåg.jpg", _file("JPEG", (321, 123), **options), WHERE, "x.example")
    assert (made.mime, made.width, made.height) == ("image/jpeg", 321, 123)


def test_png_is_measured() -> None:
    """PNG gives the size that a decoder sees, and a cid in ASCII."""
    made = picture("a/Å tåg.png", _file("PNG", (321, 123)), WHERE, "x.example")
    assert (made.mime, made.width, made.height) == ("image/png", 321, 123)
    assert made.cid.startswith("a-tag-")
    assert made.cid.endswith("@x.example")


@pytest.mark.parametrize("kind", ["GIF", "BMP", "WEBP"])
def test_other_formats_are_refused(kind: str) -> None:
    """What not every mail program shows is refused, with the line that asks for it."""
    with pytest.raises(InputError) as caught:
        picture("a/x.png", _file(kind, (5, 5)), WHERE, "x.example")
    assert caught.value.where == WHERE


@given(st.binary(max_size=80), st.sampled_from([b"", b"\xff\xd8", b"\xff\xd8\xff\xc0", png(1, 1)[:20]]))
def test_any_bytes_are_measured_or_refused(tail: bytes, head: bytes) -> None:
    """No bytes do anything else."""
    try:
        made = picture("a/x.png", head + tail, WHERE, "x.example")
    except InputError:
        return
    assert made.width > 0
    assert made.height > 0
