"""The night itself: which sheet becomes which file, how it is laid out and how it is scanned."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field, replace

import numpy as np
from PIL import Image

from . import files, letters_a, letters_b, letters_long, oddities
from .layout import Look, compose
from .model import Letter
from .scanner import Scan, scan
from .sheet import Sheet

SEED = 20261120

LETTERS = {letter.key: letter for letter in
           letters_a.LETTERS + letters_b.LETTERS + letters_long.LETTERS}
SPARE = {"faint": letters_long.FAINT, "broken": letters_long.BROKEN}


@dataclass
class Item:
    """One file of the night."""

    file: str
    what: str  # what it is for, in plain words
    letter: str | None = None
    look: Look | None = None
    scan: Scan = field(default_factory=Scan)
    form: str = "g4"  # g4, lzw, packbits, deflate, jpeg-tiff, jpeg, png, bmp, pdf, broken
    kind: str = "letter"  # letter, unreadable, duplicate, broken
    picture: str | None = None  # of what is not a letter: hand-one, drawing and so on
    blank_backs: bool = False
    keep_dpi: bool = True
    quality: int = 55
    orientation: int | None = None
    copy_of: str | None = None
    later: dict[int, dict] = field(default_factory=dict)  # other scan settings, by page


@dataclass
class Made:
    """A file as made, and what the truth needs to know of it."""

    item: Item
    data: bytes
    pages: int
    letter: Letter | None = None
    printed: list[list[str]] = field(default_factory=list)  # the lines of each printed page
    printed_pages: list[int] = field(default_factory=list)
    blank_pages: list[int] = field(default_factory=list)


NIGHT = [
    Item("SCN_0001.tif", "plain complaint about goods; its sender writes again in "
         "bag-2/SCN_0033.tif", "kettle",
         Look("liberation-serif", 12, "right", date_at="sender", top=32)),
    Item("SCN_0002.tif", "late delivery, laid on the glass 2 degrees askew", "bookcase",
         Look("carlito", 11.5, "left", date_at="left", signature="steve-hand", leading=1.25),
         Scan(skew=2.1, staple=True)),
    Item("SCN_0003.jpg", "billing letter with a centred letterhead, scanned in grey", "twice",
         Look("caladea", 11, "centred", head_family="caladea", signature="chancery",
              justified=True), Scan(grey=True, grain=7, blur=0.7), "jpeg"),
    Item("SCN_0004.tif", "complaint about staff, fed upside down; paragraphs indented, no gaps",
         "returns-desk",
         Look("nimbus-roman", 12, "right", justified=True, indent=7, gap=0, leading=1.35,
              date_at="left", signature="delphine", left=30, right=30, line_commas=True), Scan(turn=180)),
    Item("SCN_0005.tif", "praise; the folds of the letter show", "lampshade",
         Look("schola", 11, "right", sender_align="right", close_at=105, signature="chancery",
              leading=1.3, subject_at="centre", left=28, right=28), Scan(folds=(0.335, 0.668), grain=30)),
    Item("SCN_0006.png", "cancellation, saved as a PNG", "rug",
         Look("dejavu-sans", 9.5, "left", name_on_top=True, date_at="left", signature="dancing",
              leading=1.3, commas=False, left=20, right=32), Scan(skew=-0.7), "png"),
    Item("SCN_0007.tif", "plain enquiry; the file does not say its resolution", "sealing-ring",
         Look("free-serif", 12.5, "right", close_at=110, date_at="sender", signature="delphine",
              leading=1.3, line_commas=True, top=38), Scan(skew=0.4), keep_dpi=False),
    Item("SCN_0008.tif", "a handwritten letter: nothing in it is print", kind="unreadable",
         picture="hand-one"),
    Item("SCN_0009.tif", "request to see personal data, LZW compression, with a lettered list",
         "subject-access",
         Look("liberation-sans", 10.5, "left", name_on_top=True, date_at="right",
              signature="kristi", left=22, right=22), Scan(skew=0.9, speckle=60), "lzw"),
    Item("SCN_0010.tif", "request to delete personal data, PackBits compression, fixed-width type",
         "erase-me",
         Look("liberation-mono", 9.5, "left", date_at="left", signature=None, leading=1.3,
              top=16, left=22, right=34), Scan(speckle=20), "packbits"),
    Item("SCN_0011.pdf", "long complaint about goods: a PDF of two pages", "armchair",
         Look("palladio", 11, "centred", justified=True, numbering="foot", left=28, right=28,
              signature="chancery", leading=1.24, date_at="left"), Scan(skew=0.5), "pdf"),
    Item("SCN_0012.tif", "letter from solicitors, Deflate compression", "solicitors",
         Look("gentium", 11, "centred", justified=True, head_family="palladio", date_at="left",
              signature="kristi"), Scan(skew=-0.3, speckle=50), "deflate"),
    Item("SCN_0013.tif", "billing letter that threatens the county court, 400 dots to the inch",
         "before-claim",
         Look("bookman", 10.5, "left", date_at="with-ref", signature="steve-hand", leading=1.4,
              left=30, right=22, top=30), Scan(dpi=400, skew=-0.8)),
    Item("SCN_0014.bmp", "unsafe goods and Trading Standards; a BMP at 200 dots to the inch, the "
         "sender's address below the signature", "blanket",
         Look("nimbus-sans", 11, "after", date_at="right", signature="dancing", top=30,
              leading=1.3), Scan(dpi=200, grain=18), "bmp"),
    Item("SCN_0015.tif", "late delivery and the Ombudsman; skewed 3.9 degrees to the left, "
         "addressee in the envelope's window", "ombudsman",
         Look("dejavu-serif", 9.5, "window", name_on_top=True, date_at="with-ref",
              signature="kristi", leading=1.35), Scan(skew=-3.9)),
    Item("SCN_0016.jpg", "a photograph somebody sent, grey", kind="unreadable",
         picture="photograph", scan=Scan(dpi=150, grey=True, grain=4, skew=-1.2), form="jpeg"),
    Item("SCN_0017.tif", "billing letter from a widow (vulnerable), with our RECEIVED stamp",
         "late-husband",
         Look("palladio", 12, "right", date_at="right", signature="chancery", leading=1.35,
              left=28, right=28), Scan(stamp=(26, 9, -6.0), skew=0.6)),
    Item("SCN_0018.tif", "late delivery to a wheelchair user (vulnerable), black strip down the "
         "left edge", "kerb",
         Look("gothic", 10.5, "right", sender_align="left", date_at="sender", signature="delphine",
              leading=1.35), Scan(skew=1.2, edge=("left", 4.5), bed=255)),
    Item("SCN_0019.jpg", "billing letter from a customer in debt (vulnerable), grey, with a "
         "coffee ring", "budget",
         Look("carlito", 12, "right", date_at="right", signature="steve-hand", leading=1.3),
         Scan(grey=True, grain=8, paper=238, coffee=(128, 214, 41), blur=0.7), "jpeg"),
    Item("SCN_0020.tif", "goods, from a gold member (important customer), 600 dots to the inch",
         "dinner-service",
         Look("libertine", 11.5, "centred", date_at="right", signature="chancery", justified=True,
              left=27, right=27, leading=1.3), Scan(dpi=600, grain=20, skew=0.3)),
    Item("bag-2/SCN_0021.tif", "cancellation by a customer who is ill (vulnerable), faint toner",
         "lawnmower",
         Look("liberation-serif", 12, "left", date_at="left", signature="kristi", leading=1.25),
         Scan(toner=(108, 182), mottle=34, grain=40, threshold=158, speckle=60)),
    Item("bag-2/SCN_0022.tif", "complaint about staff by a gold member (important customer), "
         "punched for filing", "menswear",
         Look("schola", 10.5, "firm", date_at="right", signature="delphine", leading=1.35,
              left=27, right=24), Scan(punch=True, skew=-0.9)),
    Item("bag-2/SCN_0023.jpg", "enquiry by a gold member (important customer); the JPEG is stored "
         "on its side and says so in its EXIF", "points",
         Look("lato", 10.5, "right", name_on_top=True, date_at="left", signature="dancing",
              leading=1.3), Scan(grey=True, grain=6, turn=270), "jpeg", orientation=6),
    Item("bag-2/SCN_0024.tif", "late delivery, written to the chief executive, with our RECEIVED "
         "stamp", "mattress",
         Look("caladea", 11.5, "right", date_at="right", signature="steve-hand", leading=1.3),
         Scan(stamp=(38, 20, 5.0), skew=-0.5)),
    Item("bag-2/SCN_0025.tif", "praise of a shop's staff, written to the chief executive; JPEG "
         "inside a TIFF", "flood",
         Look("gentium", 12, "right", date_at="sender", signature="chancery", close_at=105,
              indent=8, gap=0.4, leading=1.3), Scan(grey=True, grain=6, skew=0.8), "jpeg-tiff"),
    Item("bag-2/SCN_0026.tif", "complaint about staff, written to the chief executive, fed upside "
         "down", "accent",
         Look("nimbus-sans", 11, "centred", head_family="nimbus-sans", date_at="left",
              signature="kristi", leading=1.25), Scan(turn=180, skew=1.6)),
    Item("bag-2/SCN_0027.tif", "plain enquiry in fixed-width type, 200 dots to the inch",
         "hampers",
         Look("courier-prime", 11, "left", date_at="right", name_on_top=True, signature="delphine",
              leading=1.15, commas=False, top=20), Scan(dpi=200, grain=18, blur=0.7)),
    Item("bag-2/SCN 0028.TIF", "goods (a privacy screen, not a privacy request); a name with a "
         "space and capitals", "privacy-screen",
         Look("free-sans", 11, "left", date_at="left", signature="dancing", left=32, right=32,
              top=28, leading=1.3), Scan(skew=-1.4)),
    Item("bag-2/SCN_0029.tif", "long letter about late delivery: four pages, of which the backs "
         "are blank", "wardrobe",
         Look("caladea", 12, "right", date_at="right", numbering="run", signature="chancery",
              leading=1.32), Scan(skew=0.7, staple=True), blank_backs=True),
    Item("bag-2/SCN_0030.tif", "billing letter in fixed-width type, much speckled; lives at "
         "Lincoln Court Road", "interest",
         Look("nimbus-mono", 11.5, "left", date_at="right", signature="kristi", leading=1.2),
         Scan(speckle=1500, pinholes=60, skew=0.5)),
    Item("bag-2/SCN_0031.tif", "delivery to the wrong house, skewed 4 degrees to the right",
         "coat-stand",
         Look("carlito", 10.5, "right", date_at="right", sender_align="right", signature="dancing",
              leading=1.3, phone_label="", email_label=""), Scan(skew=4.0)),
    Item("bag-2/SCN_0032.tif", "a child's drawing", kind="unreadable", picture="drawing",
         scan=Scan(dpi=300, grain=60, threshold=150)),
    Item("bag-2/SCN_0033.tif", "second letter from the sender of SCN_0001.tif, same complaint",
         "kettle-again",
         Look("liberation-serif", 12, "right", date_at="sender", signature="kristi", top=32),
         Scan(skew=-1.1)),
    Item("bag-3/SCN_0034.tif", "long billing letter of two pages with columns of payments",
         "instalments",
         Look("liberation-sans", 10.5, "left", name_on_top=True, date_at="right",
              signature="kristi", numbering="head", leading=1.28), Scan(punch=True, skew=-0.6)),
    Item("bag-3/SCN_0035.tif", "praise typed on a typewriter, two pages", "upholstery",
         Look("nimbus-mono", 12, "right", typewriter=True, date_at="left", signature="chancery",
              numbering="head", leading=1.6, gap=0.55, left=24, right=20, close_at=110),
         Scan(mottle=25, grain=36, skew=0.4, wave=0.3)),
    Item("bag-3/SCN_0036.tif", "billing letter with its till receipt as the second page",
         "saucepan",
         Look("palladio", 11.5, "right", date_at="sender", signature="steve-hand", leading=1.3),
         Scan(skew=0.8), later={2: {"skew": -2.2, "toner": (180, 250), "mottle": 22}}),
    Item("bag-3/SCN_0037.tif", "a short note of thanks on A5 paper", "note",
         Look("schola", 11, "right", paper="A5", left=18, right=16, top=18, bottom=16,
              date_at="sender", signature="delphine", leading=1.25), Scan(skew=-1.3)),
    Item("bag-3/SCN_0038", "cancellation; a grey JPEG whose name has no extension", "coffee",
         Look("liberation-sans", 11, "centred", date_at="right", signature="dancing",
              leading=1.5, commas=False, top=20), Scan(grey=True, grain=6, paper=247), "jpeg"),
    Item("bag-3/SCN_0039.tif", "cancellation; the lines rise and fall", "blinds",
         Look("libertine", 12, "right", date_at="sender", signature="kristi", justified=True,
              leading=1.25), Scan(wave=1.0, skew=0.3)),
    Item("bag-3/SCN_0040.tif", "an angry handwritten note: nothing in it is print",
         kind="unreadable", picture="hand-two", scan=Scan(skew=2.4)),
    Item("bag-3/SCN_0041.tif", "the same bytes as SCN_0005.tif under another name",
         kind="duplicate", copy_of="SCN_0005.tif"),
    Item("bag-3/SCN_0042.tif", "plain enquiry in large type, skewed and punched", "booklet",
         Look("bookman", 13, "right", date_at="left", signature="steve-hand", leading=1.35,
              left=27, top=34, line_commas=True, subject_at="centre"), Scan(skew=-2.6, punch=True)),
    Item("bag-3/SCN_0043.tif", "a broken file: the TIFF stops in the middle of its picture",
         "broken", Look("caladea", 12, "right", date_at="right"), form="broken", kind="broken"),
    Item("bag-3/SCN_0044.tif", "complaint about a security guard; addressee and sender stand "
         "side by side", "guard",
         Look("dejavu-sans", 10, "window", date_at="left", signature="dancing", leading=1.4,
              gap=0.8), Scan(skew=0.2, folds=(0.34,))),
    Item("bag-3/SCN_0045.tif", "goods: a crowded letter in 7 point type", "jacket",
         Look("nimbus-sans", 7, "firm", date_at="right", signature="kristi", leading=1.3,
              left=36, right=36, top=30, justified=True), Scan(grain=20, speckle=60)),
    Item("bag-3/SCN_0046.tif", "half of a delivery missing; the back is blank", "bunk-bed",
         Look("free-serif", 12, "left", date_at="right", signature="delphine", leading=1.3),
         Scan(skew=-0.4, edge=("top", 2.5)), blank_backs=True),
    Item("bag-3/SCN_0047.tif", "a page printed so faintly that it cannot be read",
         kind="unreadable", picture="faint",
         look=Look("nimbus-sans", 10, "right", signature=None),
         scan=Scan(toner=(30, 118), mottle=70, grain=70, threshold=150, speckle=300)),
    Item("bag-3/SCN_0048.jpg", "praise, scanned in grey", "repair-desk",
         Look("dejavu-serif", 10, "left", name_on_top=True, date_at="right", signature="kristi",
              leading=1.3), Scan(grey=True, grain=7, skew=-1.0, bed=40), "jpeg"),
    Item("bag-3/SCN_0049.tif", "goods; the sheet was fed sideways", "toaster",
         Look("liberation-serif", 11.5, "after", date_at="left", signature="steve-hand",
              leading=1.3, top=32), Scan(turn=90, skew=0.6)),
    Item("bag-3/SCN_0050.tif", "somebody else's details sent to the customer (personal data)",
         "wrong-letter",
         Look("carlito", 11, "window", name_on_top=True, date_at="with-ref", signature="dancing",
              leading=1.35), Scan(skew=1.0)),
    Item("bag-3/SCN_0051.tif", "plain enquiry; lives at Abbots Court", "tea-room",
         Look("gothic", 11, "right", sender_align="right", date_at="right", signature="chancery",
              leading=1.4, gap=0.8), Scan(skew=-0.2, speckle=300)),
]


def generator(name: str, part: str) -> np.random.Generator:
    return np.random.default_rng([SEED, zlib.crc32(name.encode()), zlib.crc32(part.encode())])


def picture(item: Item) -> Image.Image:
    rng, dpi = generator(item.file, "picture"), item.scan.dpi
    if item.picture == "hand-one":
        return oddities.handwritten(oddities.HAND_ONE, "kristi", 44, dpi, rng, 0.2, 16.5)
    if item.picture == "hand-two":
        return oddities.handwritten(oddities.HAND_TWO, "steve-hand", 27, dpi, rng, -0.2, 16.5)
    if item.picture == "drawing":
        return oddities.drawing(dpi, rng)
    if item.picture == "photograph":
        return oddities.photograph(dpi, rng)
    if item.picture == "faint":
        return compose(SPARE["faint"], item.look, dpi, rng)[0].image
    raise ValueError(item.picture)


def encode(item: Item, pages: list[Image.Image]) -> bytes:
    dpi = item.scan.dpi if item.keep_dpi else None
    if item.form in ("g4", "lzw", "packbits", "deflate"):
        return files.tiff(pages, item.form, dpi)
    if item.form == "jpeg-tiff":
        return files.tiff(pages, "jpeg", dpi)
    if item.form == "jpeg":
        return files.jpeg(pages[0], dpi, item.quality, item.orientation)
    if item.form == "png":
        return files.png(pages[0], dpi)
    if item.form == "bmp":
        return files.bmp(pages[0], dpi)
    if item.form == "pdf":
        return files.pdf(pages, dpi)
    if item.form == "broken":
        return files.broken_tiff(pages[0], dpi, 0.55)
    raise ValueError(item.form)


def make(item: Item, done: dict[str, Made]) -> Made:
    """Make one file of the night."""
    if item.kind == "duplicate":
        first = done[item.copy_of]
        return Made(item, first.data, first.pages)
    if item.kind == "unreadable":
        image = scan(picture(item), item.scan, generator(item.file, "scan-1"))
        return Made(item, encode(item, [image]), 1, printed_pages=[1])

    letter = LETTERS.get(item.letter) or SPARE[item.letter]
    sheets = compose(letter, item.look, item.scan.dpi, generator(item.file, "layout"))
    made = Made(item, b"", 0, letter=letter)
    images: list[Image.Image] = []
    for number, sheet in enumerate(sheets, 1):
        spec = replace(item.scan, **item.later.get(number, {}))
        images.append(scan(sheet.image, spec, generator(item.file, f"scan-{len(images) + 1}")))
        made.printed_pages.append(len(images))
        made.printed.append(sheet.lines())
        if item.blank_backs:
            back = Sheet(item.look.paper, item.scan.dpi)
            spec = replace(spec, skew=-spec.skew, speckle=spec.speckle // 3, staple=False)
            images.append(scan(back.image, spec,
                               generator(item.file, f"scan-{len(images) + 1}")))
            made.blank_pages.append(len(images))
    made.pages = len(images)
    made.data = encode(item, images)
    return made
