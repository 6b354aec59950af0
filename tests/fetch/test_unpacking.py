"""Packed bodies: what is read, what is refused, and what a bomb may take."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.edges.fetch import Web
from newsletter.edges.fetch.unpacking import TooLarge, Unreadable, coding, unpacked
from newsletter.errors import FetchFailed
from tests.fetch.conftest import PUBLIC, Site, reply
from tests.fetch.test_fetch import rules

MOST = 200_000


def bare(data: bytes) -> bytes:
    """Deflate without zlib's frame, as some servers send it."""
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


def cut(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]


@given(data=st.binary(max_size=500), size=st.integers(1, 50), form=st.integers(0, 3))
def test_body_is_the_same_however_it_is_cut(data: bytes, size: int, form: int) -> None:
    """gzip, several gzip members, and deflate in both its forms give the body, whatever the pieces."""
    packed, packing = (
        (gzip.compress(data), "gzip"),
        (gzip.compress(data[:100]) + gzip.compress(data[100:]), "gzip"),
        (zlib.compress(data), "deflate"),
        (bare(data), "deflate"),
    )[form]
    assert unpacked(cut(packed, size), packing, MOST) == data


@given(data=st.binary(max_size=300), packing=st.sampled_from(["", "gzip", "deflate"]))
def test_any_bytes_are_a_body_or_refused(data: bytes, packing: str) -> None:
    """No bytes raise anything else than the two errors."""
    with suppress(TooLarge, Unreadable):
        assert len(unpacked([data], packing, 1000)) <= 1000


def test_leftovers_after_the_end_are_ignored() -> None:
    """Padding after a gzip body is what some servers leave; it is no error and no text."""
    assert unpacked([gzip.compress(b"hej") + b"\0" * 50], "gzip", MOST) == b"hej"
    assert unpacked([zlib.compress(b"hej"), b"more"], "deflate", MOST) == b"hej"


def test_half_a_body_is_none() -> None:
    """A packed body that ends too early is refused, since half a page looks like a whole one."""
    with pytest.raises(Unreadable):
        unpacked([gzip.compress(b"hej" * 1000)[:-9]], "gzip", MOST)


def test_empty_body_is_whole() -> None:
    """An answer that says gzip and holds nothing is empty."""
    assert unpacked([], "gzip", MOST) == b""


@pytest.mark.parametrize(
    ("header", "packing"),
    [("", ""), ("gzip", "gzip"), ("X-GZIP", "gzip"), ("identity, deflate", "deflate"), ("utf-8", "")],
)
def test_packing_is_understood(header: str, packing: str) -> None:
    """What a Content-Encoding names; a charset by mistake is no packing."""
    assert coding(header) == packing


@pytest.mark.parametrize("header", ["br", "zstd", "gzip, gzip", "gzip, br", "compress"])
def test_other_packings_are_refused(header: str) -> None:
    """Packings that were not asked for, and one inside another, are refused."""
    with pytest.raises(Unreadable):
        coding(header)


ZEROS = b"\0" * 1_000_000


def endless_zeros() -> Iterator[bytes]:
    packer = zlib.compressobj(9, wbits=31)
    while True:
        yield packer.compress(ZEROS)


def endless_members() -> Iterator[bytes]:
    while True:
        yield gzip.compress(b"")


def endless_leftovers() -> Iterator[bytes]:
    yield gzip.compress(b"x")
    while True:
        yield ZEROS


def endless_header() -> Iterator[bytes]:
    """A gzip header with a file name that never ends."""
    yield b"\x1f\x8b\x08\x08\0\0\0\0\0\0"
    while True:
        yield b"a" * 65536


@pytest.mark.parametrize("bomb", [endless_zeros, endless_members, endless_leftovers, endless_header])
def test_bomb_takes_no_more_than_the_cap(bomb: type) -> None:
    """A body that never ends, or grows without end, stops at the cap; memory stays flat."""
    tracemalloc.start()
    with pytest.raises((TooLarge, Unreadable)):
        unpacked(bomb(), "gzip", MOST)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 * MOST + 5 * len(ZEROS)


def test_bomb_in_a_bomb_is_the_inner_one_packed(site: Site) -> None:
    """Gzip of gzip is unpacked once at most: said twice it is refused, said once it is still packed."""
    inner = gzip.compress(ZEROS * 20)
    site.answers |= {
        "/twice": reply(200, gzip.compress(inner), Content_Encoding="gzip, gzip"),
        "/once": reply(200, gzip.compress(inner), Content_Encoding="gzip"),
    }
    with Web(rules(site)) as web:
        with pytest.raises(FetchFailed, match="packa upp"):
            web.fetch(f"{PUBLIC}/twice")
        assert web.fetch(f"{PUBLIC}/once").body == inner


def test_brotli_that_was_not_asked_for_is_refused(site: Site) -> None:
    """Only gzip and deflate are asked for, and a server that sends brotli all the same is told of."""
    site.answers["/br"] = reply(200, b"\x0b\x02\x80hej\x03", Content_Encoding="br")
    with Web(rules(site)) as web, pytest.raises(FetchFailed, match="packa upp"):
        web.fetch(f"{PUBLIC}/br")
    assert site.asked[-1][1]["accept-encoding"] == "gzip, deflate"


def test_large_answer_is_refused_before_it_is_read(site: Site) -> None:
    """What says that it is too large is not read at all."""
    sent: list[int] = []

    def huge(request: object) -> None:
        sent.append(1)  # before the caller can be done
        request.send_response(200)  # type: ignore[attr-defined]
        request.send_header("Content-Length", "900000000")  # type: ignore[attr-defined]
        request.end_headers()  # type: ignore[attr-defined]

    site.answers["/film"] = huge
    with Web(rules(site)) as web, pytest.raises(FetchFailed, match="för stor"):
        web.fetch(f"{PUBLIC}/film")
    assert sent
