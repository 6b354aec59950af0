"""A stranger's picture to one that a letter can carry.

    bytes ── kind, size ──> frame ── small ──> upright ── sRGB, on the letter's ground ──> JPEG | palette PNG

The picture is measured by its first bytes before any decoder sees it, so that a bomb is refused unopened.
What comes out is new from pixel to pixel: no position, camera, thumbnail, profile or comment is left.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageChops, ImageCms, ImageFile, ImageOps, ImageStat
from PIL.GifImagePlugin import GifImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from newsletter.errors import ParseFailed

BOX = 672  # px, each way: twice the 336 that a picture of news is shown wide at most
MAX_BYTES = 60_000
_MAX_PIXELS = 40_000_000
_FEWEST = 96  # px; smaller pictures are icons, marks and tracking dots
_QUALITIES = (82, 75, 68, 60, 52)
_DRAWN = 1.0  # mean difference, of 255, below which 256 colours are as good as all of them

Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class MailPicture:
    """A picture as every mail program shows it, at most :data:`BOX` px each way and `MAX_BYTES` heavy."""

    data: bytes
    suffix: str  # jpg or png
    width: int  # px
    height: int


def picture(data: bytes, ground: str = "#ffffff") -> MailPicture:
    """The picture in sRGB, upright, without metadata; the first frame of one that moves.

    Reads JPEG, PNG, GIF and WebP by their content. What is transparent shows `ground`, #rrggbb. It is never
    made larger. The same bytes give the same picture. Raises ParseFailed for anything else, for more than
    40 megapixels and for what is too small to be looked at.
    """
    try:
        return _encoded(_flat(_upright(_small(_opened(data))), ground), lossless=not data.startswith(b"\xff"))
    except (ParseFailed, MemoryError):
        raise
    except Exception as error:  # decoders raise whatever they stumble over
        raise ParseFailed(
            "Bilden går inte att läsa.", why=f"{type(error).__name__}: {error}"[:200]
        ) from error


# --- opening ------------------------------------------------------------------------------------------


def _opened(data: bytes) -> ImageFile.ImageFile:
    """The picture, not decoded yet."""
    measured = next((kind for kind in _KINDS if kind.is_one(data)), None)
    if measured is None:
        raise ParseFailed("Bilden är varken JPEG, PNG, GIF eller WebP.")
    _judge(measured.size(data))
    image = measured.open(BytesIO(data))
    _judge(image.size)
    return image


def _judge(size: Size) -> None:
    width, height = size
    if width * height > _MAX_PIXELS:
        raise ParseFailed("Bilden är för stor.", why=f"{width} × {height} är mer än 40 megapixel.")
    if min(size) < _FEWEST:
        raise ParseFailed("Bilden är för liten.", why=f"Den är bara {width} × {height} bildpunkter.")


@dataclass(frozen=True, slots=True)
class _Kind:
    """A format: how it begins, where its size stands, and what decodes it."""

    is_one: Callable[[bytes], bool]
    size: Callable[[bytes], Size]
    open: Callable[[BytesIO], ImageFile.ImageFile]


def _png_size(data: bytes) -> Size:
    width, height = struct.unpack_from(">II", data, 16)
    return width, height


def _gif_size(data: bytes) -> Size:
    width, height = struct.unpack_from("<HH", data, 6)
    return width, height


def _webp_size(data: bytes) -> Size:
    """By the WebP container specification: extended, lossless, lossy."""
    match data[12:16]:
        case b"VP8X":
            return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
        case b"VP8L":
            bits = int.from_bytes(data[21:25], "little")
            return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    width, height = struct.unpack_from("<HH", data, 26)
    return width & 0x3FFF, height & 0x3FFF


def _jpeg_size(data: bytes) -> Size:
    """Opening a JPEG reads no more than its head."""
    return JpegImageFile(BytesIO(data)).size


_KINDS = (
    _Kind(lambda data: data.startswith(b"\xff\xd8\xff"), _jpeg_size, JpegImageFile),
    _Kind(lambda data: data.startswith(b"\x89PNG\r\n\x1a\n"), _png_size, PngImageFile),
    _Kind(lambda data: data.startswith((b"GIF87a", b"GIF89a")), _gif_size, GifImageFile),
    _Kind(lambda data: data.startswith(b"RIFF") and data[8:12] == b"WEBP", _webp_size, WebPImageFile),
)


# --- remaking -----------------------------------------------------------------------------------------


def _small(image: Image.Image) -> Image.Image:
    """At most :data:`BOX` px each way; in place, since JPEG can be decoded small to begin with."""
    image = _blendable(image)
    image.thumbnail((BOX, BOX), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return image


def _blendable(image: Image.Image) -> Image.Image:
    """In a mode whose pixels can be blended: palettes, bits and 16-bit greys cannot."""
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    if image.has_transparency_data and image.mode != "LA":
        return image.convert("RGBA")
    return image if image.mode in ("RGB", "L", "LA", "CMYK") else image.convert("RGB")


def _upright(image: Image.Image) -> Image.Image:
    """As the camera was held; a broken note of that is not believed."""
    with suppress(Exception):
        return ImageOps.exif_transpose(image)
    return image


def _flat(image: Image.Image, ground: str) -> Image.Image:
    """In sRGB on the ground, in an image of its own that has nothing but pixels."""
    sheet = Image.new("RGB", image.size, ground)
    mask = image.getchannel("A") if "A" in image.getbands() else None
    sheet.paste(_srgb(image), (0, 0), mask)
    return sheet


def _srgb(image: Image.Image) -> Image.Image:
    """The colours as sRGB has them; a profile that does not fit the picture is passed over."""
    profile = image.info.get("icc_profile")
    opaque = image.convert("L" if image.mode == "LA" else "RGB") if "A" in image.getbands() else image
    if profile:
        with suppress(ImageCms.PyCMSError, OSError, TypeError, ValueError):
            own = ImageCms.ImageCmsProfile(BytesIO(profile))
            seen = ImageCms.profileToProfile(opaque, own, ImageCms.createProfile("sRGB"), outputMode="RGB")
            if seen is not None:
                return seen
    return opaque.convert("RGB")


# --- encoding -----------------------------------------------------------------------------------------


def _encoded(image: Image.Image, *, lossless: bool) -> MailPicture:
    """As JPEG; as a palette PNG where the source was lossless, is drawn, and weighs no more that way."""
    photo = _jpeg(image)
    drawing = _png(image) if lossless else b""
    if drawing and len(drawing) <= min(len(photo), MAX_BYTES):
        return MailPicture(drawing, "png", *image.size)
    if len(photo) > MAX_BYTES:
        width, height = image.size
        smaller = image.resize((round(width * 0.8), round(height * 0.8)), Image.Resampling.LANCZOS)
        return _encoded(smaller, lossless=False)
    return MailPicture(photo, "jpg", *image.size)


def _jpeg(image: Image.Image) -> bytes:
    """At the best quality that is light enough; else at the lowest that still looks well."""
    data = b""
    for quality in _QUALITIES:
        out = BytesIO()
        image.save(out, "JPEG", quality=quality, optimize=True)
        data = out.getvalue()
        if len(data) <= MAX_BYTES:
            break
    return data


def _png(image: Image.Image) -> bytes:
    """With a palette; empty where 256 colours are too few to be unseen."""
    few = image.quantize(256, dither=Image.Dither.NONE)
    difference = ImageStat.Stat(ImageChops.difference(image, few.convert("RGB"))).mean
    if max(difference) > _DRAWN:
        return b""
    out = BytesIO()
    few.save(out, "PNG", optimize=True)
    return out.getvalue()
