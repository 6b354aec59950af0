"""A stranger's picture becomes one that every mail program shows, or is refused; nothing else comes out."""

from __future__ import annotations

import struct
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageDraw

from newsletter.edges.sandbox import Processes
from newsletter.errors import ParseFailed
from newsletter.gather import MailPicture, picture
from newsletter.gather.pictures import BOX, MAX_BYTES
from newsletter.ports import SandboxLimits

RED, BLUE = (200, 30, 40), (30, 60, 190)


def halves(size: tuple[int, int] = (1200, 800), mode: str = "RGB") -> Image.Image:
    """Red to the left, blue to the right."""
    image = Image.new("RGB", size, RED)
    ImageDraw.Draw(image).rectangle((size[0] // 2, 0, *size), fill=BLUE)
    return image.convert(mode)


def noise(size: tuple[int, int] = (1200, 800)) -> Image.Image:
    """A picture that nothing can make light, the same each time."""
    wanted = size[0] * size[1] * 3
    bytes_ = bytes(byte for n in range(0, wanted // 32 + 1) for byte in _hash(n))
    return Image.frombytes("RGB", size, bytes_[:wanted])


def _hash(number: int) -> bytes:
    from hashlib import sha256

    return sha256(number.to_bytes(4, "big")).digest()


def encoded(image: Image.Image, kind: str = "JPEG", **how: Any) -> bytes:
    out = BytesIO()
    image.save(out, kind, **how)
    return out.getvalue()


def opened(made: MailPicture) -> Image.Image:
    image = Image.open(BytesIO(made.data))
    image.load()
    assert image.size == (made.width, made.height)
    assert image.format == {"jpg": "JPEG", "png": "PNG"}[made.suffix]
    return image


def colour(made: MailPicture, x: float, y: float = 0.5) -> tuple[int, int, int]:
    """The colour at a place that is given in parts of the picture."""
    image = opened(made).convert("RGB")
    found = image.getpixel((int(x * image.width), int(y * image.height)))
    assert isinstance(found, tuple)
    return found[0], found[1], found[2]


def alike(one: tuple[int, ...], other: tuple[int, ...], by: int = 12) -> bool:
    return all(abs(a - b) <= by for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize(
    "data",
    [
        encoded(halves()),
        encoded(halves(), "PNG"),
        encoded(halves(), "WEBP", lossless=True),
        encoded(halves(), "WEBP"),
        encoded(halves(mode="P"), "GIF"),
        encoded(halves(mode="CMYK")),
        encoded(halves(mode="P"), "PNG"),
        encoded(halves(mode="RGBA"), "PNG"),
        encoded(halves(), progressive=True),
    ],
    ids=["jpeg", "png", "webp-lossless", "webp", "gif", "cmyk", "palette", "rgba", "progressive"],
)
def test_every_kind_is_remade_small(data: bytes) -> None:
    """JPEG, PNG, WebP and GIF, in any colour model, come out at most 672 px wide, with their colours."""
    made = picture(data)
    assert (made.width, made.height) == (BOX, 448)
    assert alike(colour(made, 0.25), RED, 30)
    assert alike(colour(made, 0.75), BLUE, 30)
    assert opened(made).mode in ("RGB", "P")


def test_small_pictures_are_never_made_larger() -> None:
    """A picture of 300 px stays at that."""
    assert (picture(encoded(halves((300, 200)))).width, picture(encoded(halves((200, 300)))).height) == (
        300,
        300,
    )


def test_tall_pictures_stay_within_the_box() -> None:
    """A portrait is bounded by its height."""
    assert (picture(encoded(halves((1000, 2000)))).height, picture(encoded(halves((1000, 2000)))).width) == (
        672,
        336,
    )


@pytest.mark.parametrize("orientation", range(1, 9))
def test_pictures_stand_upright(orientation: int) -> None:
    """Whichever way the camera was held, the red half that it noted as left is where it says."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    made = picture(encoded(halves(), exif=exif))
    red = {1: (0.1, 0.5), 2: (0.9, 0.5), 3: (0.9, 0.5), 4: (0.1, 0.5)}
    red |= {5: (0.5, 0.1), 6: (0.5, 0.1), 7: (0.5, 0.9), 8: (0.5, 0.9)}
    assert (made.width, made.height) == ((672, 448) if orientation < 5 else (448, 672))
    assert alike(colour(made, *red[orientation]), RED)


def test_no_metadata_is_left() -> None:
    """Position, camera, comment, profile and resolution are gone, from JPEG as from PNG."""
    exif = Image.Exif()
    exif[0x010F], exif[0x8825] = "Kamera", {1: "N", 2: (60.0, 30.0, 0.0)}
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    kept: dict[str, Any] = {"exif": exif, "icc_profile": profile, "dpi": (300, 300)}
    for data in (
        encoded(halves(), comment=b"hemlig", **kept),
        encoded(noise((500, 400)), comment=b"hemlig", **kept),
        encoded(halves(), "PNG", **kept),
    ):
        made = opened(picture(data))
        assert not made.getexif()
        assert {"exif", "icc_profile", "comment", "dpi", "photoshop", "xmp"}.isdisjoint(made.info)
        assert b"Kamera" not in data or b"Kamera" not in picture(data).data


def test_profiles_are_applied() -> None:
    """A picture with a profile shows the colours that it means, not its numbers."""
    swapped = _profile_with_red_and_blue_swapped()
    made = picture(encoded(halves(), icc_profile=swapped))
    assert alike(colour(made, 0.25), (RED[2], RED[1], RED[0]), 45)


def _profile_with_red_and_blue_swapped() -> bytes:
    """The sRGB profile whose red and blue have changed names, so that applying it is plain to see."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile.replace(b"rXYZ", b"tXYZ").replace(b"bXYZ", b"rXYZ").replace(b"tXYZ", b"bXYZ")


def test_broken_profiles_are_passed_over() -> None:
    """A profile that is none, or one for another colour model, leaves the colours as they are."""
    cmyk_in_rgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    for profile in (b"nonsense", cmyk_in_rgb):
        assert alike(colour(picture(encoded(halves(), icc_profile=profile)), 0.25), RED)


def test_transparency_shows_the_letters_ground() -> None:
    """What is see-through becomes the colour of the sheet."""
    image = halves(mode="RGBA")
    image.paste((0, 0, 0, 0), (0, 0, 600, 800))
    made = picture(encoded(image, "PNG"), "#f1ece3")
    assert alike(colour(made, 0.2), (0xF1, 0xEC, 0xE3), 3)
    assert alike(colour(made, 0.8), BLUE, 3)


@pytest.mark.parametrize(
    "image",
    [halves(mode="LA"), Image.new("1", (400, 300), 1), halves(mode="PA"), halves(mode="L")],
    ids=lambda image: image.mode,
)
def test_grey_and_black_and_white_are_read(image: Image.Image) -> None:
    """Greys, bits and palettes with transparency are pictures too."""
    assert picture(encoded(image.convert("RGBA") if image.mode == "PA" else image, "PNG")).width >= 400


def test_sixteen_bits_keep_their_greys() -> None:
    """A PNG with 16 bits of grey is scaled to eight, not cut off."""
    grey = Image.linear_gradient("L").resize((800, 600)).convert("I").point(lambda value: value * 257)
    made = picture(encoded(grey.convert("I;16"), "PNG"))
    assert alike(colour(made, 0.5, 0.5), (128, 128, 128), 4)
    assert alike(colour(made, 0.5, 0.99), (253, 253, 253), 4)


def test_moving_pictures_stand_still() -> None:
    """Of an animation the first frame is shown."""
    frames = {"save_all": True, "append_images": [Image.new("RGB", (1200, 800), (0, 255, 0))]}
    for kind in ("GIF", "WEBP", "PNG"):
        assert alike(colour(picture(encoded(halves(), kind, **frames)), 0.25), RED, 30)


def test_drawings_stay_drawings() -> None:
    """Flat colours come out as a PNG with a palette; a photograph in PNG as JPEG."""
    assert picture(encoded(halves(), "PNG")).suffix == "png"
    assert picture(encoded(noise((600, 400)), "PNG")).suffix == "jpg"
    assert picture(encoded(halves())).suffix == "jpg"


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_nothing_is_heavy(kind: str) -> None:
    """Even noise is at most 60 kB, by its quality and at last by its size."""
    made = picture(encoded(noise(), kind))
    assert len(made.data) <= MAX_BYTES
    assert made.width >= 336


def test_the_same_bytes_give_the_same_picture() -> None:
    """Remaking is deterministic."""
    for data in (encoded(noise((500, 400))), encoded(halves(), "PNG")):
        assert picture(data) == picture(data)


# --- what is refused ----------------------------------------------------------------------------------


def _png_of(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height) + bytes(9)


def _webp_of(chunk: bytes, rest: bytes) -> bytes:
    body = b"WEBP" + chunk + struct.pack("<I", len(rest)) + rest
    return b"RIFF" + struct.pack("<I", len(body)) + body


@pytest.mark.parametrize(
    "data",
    [
        _png_of(100_000, 100_000),
        _png_of(2**31 - 1, 2**31 - 1),
        b"GIF89a" + struct.pack("<HH", 65_000, 65_000) + bytes(20),
        _webp_of(b"VP8X", bytes(4) + b"\xff\xff\x00\xff\xff\x00"),
        _webp_of(b"VP8L", b"\x2f\xff\xff\xff\x0f" + bytes(9)),
        _webp_of(b"VP8 ", b"\x10\x00\x00\x9d\x01\x2a\xff\x3f\xff\x3f" + bytes(9)),
        b"\xff\xd8\xff\xc0"
        + struct.pack(">HBHHB", 17, 8, 60_000, 60_000, 3)
        + b"\1\x11\0\2\x11\1\3\x11\1\xff\xda\0\x0c\3\1\0\2\x11\3\x11\0\x3f\0",
    ],
    ids=["png", "png-largest", "gif", "webp-extended", "webp-lossless", "webp", "jpeg"],
)
def test_bombs_are_refused_unopened(data: bytes) -> None:
    """A few bytes that say they are more than 40 megapixels are refused by what they say."""
    with pytest.raises(ParseFailed, match="för stor"):
        picture(data)


def test_forty_megapixels_are_the_limit() -> None:
    """A little less is read, a little more is not."""
    assert picture(encoded(Image.new("L", (8_000, 4_990)))).width == BOX
    with pytest.raises(ParseFailed, match="40 megapixel"):
        picture(encoded(Image.new("L", (8_000, 5_010))))


@pytest.mark.parametrize("size", [(1, 1), (64, 64), (800, 40)])
def test_icons_are_refused(size: tuple[int, int]) -> None:
    """Tracking dots, icons and rules are no pictures."""
    with pytest.raises(ParseFailed, match="för liten"):
        picture(encoded(halves(size), "PNG"))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg' width='900' height='900'/>",
        b"<!DOCTYPE html><title>404</title>",
        encoded(halves(), "BMP"),
        encoded(halves(), "TIFF"),
        encoded(halves(), "ICO", sizes=[(256, 256)]),
    ],
    ids=["nothing", "svg", "html", "bmp", "tiff", "ico"],
)
def test_other_kinds_are_refused(data: bytes) -> None:
    """What is no JPEG, PNG, GIF or WebP by its content is refused, whatever it is called."""
    with pytest.raises(ParseFailed, match="varken"):
        picture(data)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.9])
def test_half_pictures_are_refused(kind: str, share: float) -> None:
    """A picture that was cut off on its way is not shown as if it were whole."""
    data = encoded(noise((400, 300)), kind)
    with pytest.raises(ParseFailed):
        picture(data[: int(len(data) * share)])


_SEEDS = tuple(encoded(halves((120, 100)), kind) for kind in ("JPEG", "PNG", "WEBP", "GIF"))
_HEADS = (b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF\x00\x00\x00\x00WEBPVP8X")


@settings(max_examples=300, deadline=None)
@given(
    st.builds(bytes.__add__, st.sampled_from(_HEADS), st.binary(max_size=400))
    | st.builds(
        lambda seed, at, new: seed[: at % len(seed)] + new + seed[at % len(seed) + len(new) :],
        st.sampled_from(_SEEDS),
        st.integers(0, 100_000),
        st.binary(min_size=1, max_size=6),
    )
)
@example(b"GIF89a")
@example(b"RIFF\x00\x00\x00\x00WEBP")
def test_any_bytes_are_a_picture_or_refused(data: bytes) -> None:
    """No bytes end in anything but a light picture or ParseFailed."""
    try:
        made = picture(data)
    except ParseFailed:
        return
    assert len(made.data) <= MAX_BYTES
    assert max(opened(made).size) <= BOX


def _sandboxed(run: Callable[..., MailPicture], data: bytes) -> MailPicture:
    return run(picture, data, "#ffffff", limits=SandboxLimits(4.0, 500, 15.0))


def test_the_sandbox_remakes_pictures() -> None:
    """In a child process that may open nothing, every kind comes out as it does here."""
    with Processes(1) as processes:
        for data in _SEEDS:
            assert _sandboxed(processes.run, data) == picture(data)
        with pytest.raises(ParseFailed):
            _sandboxed(processes.run, b"<svg/>")
