"""Pictures: opened with bounds, and written anew so that nothing but the picture remains (no EXIF, no place)."""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import dataclass

from PIL import Image, ImageOps
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile

from app.registers.files.accepted import LIMITS, Accepted, FileRefused, Upload
from app.registers.files.content import JPEG, PNG
from app.registers.files.models import size_words
from app.regulations.rule_sets import RuleSet

_QUALITY = 92
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, struct.error, zlib.error, Image.DecompressionBombError)
_PERCENT = 100
_KILOBYTE = 1024


@dataclass(frozen=True)
class PhotoRule:
    """How large a 二寸免冠电子照片 is: kilobytes, pixels, and how far the pixels may be off in per cent."""

    max_kilobytes: int
    width: int
    height: int
    tolerance: int

    @property
    def widths(self) -> tuple[int, int]:
        """Least and greatest width."""
        return _around(self.width, self.tolerance)

    @property
    def heights(self) -> tuple[int, int]:
        """Least and greatest height."""
        return _around(self.height, self.tolerance)


def _around(pixels: int, tolerance: int) -> tuple[int, int]:
    return -(-pixels * (_PERCENT - tolerance) // _PERCENT), pixels * (_PERCENT + tolerance) // _PERCENT


def photo_rule(rules: RuleSet) -> PhotoRule:
    """The photo rule as the rule set has it."""
    return PhotoRule(
        max_kilobytes=int(rules["entry.photo_max_kb"].value),
        width=int(rules["entry.photo_width"].value),
        height=int(rules["entry.photo_height"].value),
        tolerance=int(rules["entry.photo_tolerance"].value),
    )


def check_photo_size(upload: Upload, rule: PhotoRule) -> None:
    """Refuses a photo of too many bytes, before anybody looks inside.

    :raises FileRefused: says how large it is and how large it may be.
    """
    if len(upload.data) > rule.max_kilobytes * _KILOBYTE:
        raise FileRefused(
            f"“{upload.name}”有 {size_words(len(upload.data))}，请缩小到 {rule.max_kilobytes} KB 以内再选"
        )


def check_photo_pixels(photo: Accepted, rule: PhotoRule) -> None:
    """Refuses a photo of another format than two inches.

    :raises FileRefused: says what it measures and what it should.
    """
    (least_width, most_width), (least_height, most_height) = rule.widths, rule.heights
    width, height = photo.width or 0, photo.height or 0
    if not (least_width <= width <= most_width and least_height <= height <= most_height):
        raise FileRefused(
            f"“{photo.name}”是 {width}×{height} 像素，请裁成约 {rule.width}×{rule.height} 像素"
            f"（宽 {least_width} 到 {most_width}，高 {least_height} 到 {most_height}）再选"
        )


def cleaned(upload: Upload, media_type: str) -> Accepted:
    """The picture alone, upright, without anything that was attached to it.

    :raises FileRefused: broken, or of so many pixels that unpacking it would be an attack.
    """
    try:
        # Not Image.open: its bound only warns, and what the content is has been decided already.
        picture = (JpegImageFile if media_type == JPEG else PngImageFile)(io.BytesIO(upload.data))
        width, height = picture.size
        if width * height > LIMITS.max_pixels:
            raise FileRefused(
                f"“{upload.name}”有 {width}×{height} 像素，超过 {LIMITS.max_pixels // 10_000} 万像素，请缩小后再选"
            )
        picture.load()
        data, size = _written_anew(picture, media_type)
    except _BROKEN as error:
        raise FileRefused(f"“{upload.name}”已损坏，打不开，请重新导出后再选") from error
    return Accepted(upload.name, media_type, data, width=size[0], height=size[1])


def _written_anew(picture: Image.Image, media_type: str) -> tuple[bytes, tuple[int, int]]:
    upright = ImageOps.exif_transpose(picture)
    turned = upright.size != picture.size or picture.getexif().get(0x0112, 1) != 1
    result = upright if turned else picture
    result.info = {key: value for key, value in result.info.items() if key == "transparency"}
    written = io.BytesIO()
    if media_type == PNG:
        result.save(written, "PNG")
    else:
        result.save(written, "JPEG", quality=_QUALITY if turned else "keep")
    return written.getvalue(), result.size
