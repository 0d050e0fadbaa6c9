"""Writes scans in the formats that scanners write."""

from __future__ import annotations

import io
import struct
import time
from pathlib import Path

from PIL import Image
from PIL.TiffImagePlugin import ImageFileDirectory_v2

TIFF_COMPRESSION = {"g4": "group4", "lzw": "tiff_lzw", "packbits": "packbits",
                    "deflate": "tiff_adobe_deflate", "jpeg": "jpeg"}
SCAN_TIME = time.struct_time((2026, 11, 20, 6, 40, 0, 4, 324, 0))
PHOTOMETRIC, SOFTWARE, ROWS_PER_STRIP, ORIENTATION = 262, 305, 278, 274


def tiff(pages: list[Image.Image], compression: str, dpi: int | None) -> bytes:
    """A TIFF of one or more pages; bitonal ones with white as nought, as in fax."""
    options: dict = {"compression": TIFF_COMPRESSION[compression]}
    if dpi:
        options["dpi"] = (dpi, dpi)
    if compression == "jpeg":
        options["quality"] = 42
    tags = ImageFileDirectory_v2()
    if pages[0].mode == "1":
        tags[PHOTOMETRIC] = 0
        tags[ROWS_PER_STRIP] = pages[0].height
    options["tiffinfo"] = tags
    out = io.BytesIO()
    pages[0].save(out, "TIFF", save_all=len(pages) > 1, append_images=pages[1:], **options)
    return out.getvalue()


def jpeg(page: Image.Image, dpi: int | None, quality: int, orientation: int | None = None) -> bytes:
    options: dict = {"quality": quality, "optimize": True}
    if dpi:
        options["dpi"] = (dpi, dpi)
    if orientation:
        exif = Image.Exif()
        exif[ORIENTATION] = orientation
        options["exif"] = exif
    out = io.BytesIO()
    page.save(out, "JPEG", **options)
    return out.getvalue()


def png(page: Image.Image, dpi: int | None) -> bytes:
    out = io.BytesIO()
    page.save(out, "PNG", optimize=True, **({"dpi": (dpi, dpi)} if dpi else {}))
    return out.getvalue()


def bmp(page: Image.Image, dpi: int) -> bytes:
    out = io.BytesIO()
    page.save(out, "BMP", dpi=(dpi, dpi))
    return out.getvalue()


def pdf(pages: list[Image.Image], dpi: int) -> bytes:
    """A PDF with one fax-coded picture on each page, as a scanner makes them."""
    out = io.BytesIO()
    pages[0].save(out, "PDF", save_all=True, append_images=pages[1:], resolution=dpi,
                  producer="Scan to PDF", creationDate=SCAN_TIME, modDate=SCAN_TIME)
    return out.getvalue()


def strip_data(tiff_bytes: bytes) -> bytes:
    """The first strip of a one-strip TIFF, still coded."""
    with Image.open(io.BytesIO(tiff_bytes)) as image:
        offsets, counts = image.tag_v2[273], image.tag_v2[279]
    assert len(offsets) == 1
    return tiff_bytes[offsets[0]:offsets[0] + counts[0]]


def broken_tiff(page: Image.Image, dpi: int, keep: float) -> bytes:
    """A TIFF whose directory is whole and whose only strip stops short."""
    strip = strip_data(tiff([page], "g4", dpi))
    entries = [
        (256, 4, page.width), (257, 4, page.height), (258, 3, 1), (259, 3, 4), (262, 3, 0),
        (273, 4, None), (277, 3, 1), (278, 4, page.height), (279, 4, len(strip)),
        (282, 5, None), (283, 5, None), (296, 3, 2),
    ]
    after = 8 + 2 + 12 * len(entries) + 4
    ratio = struct.pack("<II", dpi, 1)
    directory = struct.pack("<H", len(entries))
    for tag, kind, value in entries:
        if tag in (282, 283):
            value = after
        elif tag == 273:
            value = after + len(ratio)
        packed = struct.pack("<HH", value, 0) if kind == 3 else struct.pack("<I", value)
        directory += struct.pack("<HHI", tag, kind, 1) + packed
    whole = b"II*\0" + struct.pack("<I", 8) + directory + b"\0\0\0\0" + ratio + strip
    return whole[:after + len(ratio) + int(len(strip) * keep)]


def write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
