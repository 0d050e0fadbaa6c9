"""Sets a letter on one or more sheets, in one of the ways people lay letters out."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from . import fonts
from .model import COMPANY, Letter, printed_date
from .sheet import MM_PER_POINT, Sheet

LIST_ITEM = re.compile(r"^(\d+\.|\([a-z]\))\s+(.*)$")


@dataclass
class Look:
    family: str
    size: float = 11.0
    layout: str = "right"  # right, left, centred, firm, after, window
    justified: bool = False
    indent: float = 0.0  # of the first line of a paragraph, in mm
    gap: float = 1.0  # between paragraphs, in lines
    leading: float = 1.22
    left: float = 25.0
    right: float = 25.0
    top: float = 25.0
    bottom: float = 22.0
    sender_align: str = "left"
    name_on_top: bool = False
    date_at: str = "right"  # right, left, sender, with-ref
    head_family: str | None = None
    close_at: float | None = None  # where the close stands; None: at the left margin
    signature: str | None = "kristi"
    numbering: str | None = None  # head, foot, run
    paper: str = "A4"
    typewriter: bool = False
    phone_label: str = "Tel: "
    email_label: str = "Email: "
    commas: bool = True  # after the salutation and the close
    line_commas: bool = False  # at the ends of address lines, as was once taught
    subject_at: str = "left"  # left or centre


def curl(text: str) -> str:
    """Straight quotes to curly ones."""
    text = re.sub(r'(^|[\s(])"', "\\1\u201c", text).replace('"', "\u201d")
    text = re.sub(r"(^|[\s(\u201c])'", "\\1\u2018", text)
    return text.replace("'", "\u2019")


class Composer:
    def __init__(self, letter: Letter, look: Look, dpi: int, rng: np.random.Generator) -> None:
        self.letter, self.look, self.dpi, self.rng = letter, look, dpi, rng
        self.sheets: list[Sheet] = []
        self.pitch = look.size * MM_PER_POINT * look.leading
        self.y = 0.0
        self.new_sheet()

    # --- small tools ---------------------------------------------------------------

    @property
    def sheet(self) -> Sheet:
        return self.sheets[-1]

    @property
    def edge(self) -> float:
        """The right margin, in mm from the left edge of the paper."""
        return self.sheet.width - self.look.right

    @property
    def measure(self) -> float:
        return self.edge - self.look.left

    def text(self, text: str) -> str:
        return curl(text) if self.letter.curly else text

    def new_sheet(self) -> None:
        self.sheets.append(Sheet(self.look.paper, self.dpi))
        self.y = self.look.top
        if len(self.sheets) == 1:
            return
        number = len(self.sheets)
        if self.look.numbering == "head":
            self.line(f"- {number} -", x=self.sheet.width / 2, align="centre")
            self.y += self.pitch
        elif self.look.numbering == "run":
            date = printed_date(self.letter.date, self.letter.date_form)
            self.line(self.text(COMPANY), advance=False)
            self.line(str(number), x=self.sheet.width / 2, align="centre", advance=False)
            self.line(date, x=self.edge, align="right")
            self.y += self.pitch

    def line(self, text: str, x: float | None = None, align: str = "left", bold: bool = False,
             underline: bool = False, size: float | None = None, family: str | None = None,
             advance: bool = True) -> None:
        x = self.look.left if x is None else x
        family, size = family or self.look.family, size or self.look.size
        if self.look.typewriter:
            width = self.sheet.width_of(text, family, size)
            x -= {"left": 0.0, "centre": width / 2, "right": width}[align]
            self.sheet.typed(x, self.y, text, family, size, self.rng)
        else:
            self.sheet.put(x, self.y, text, family, size, bold, align, underline)
        if advance:
            self.y += self.pitch * (size / self.look.size)

    def skip(self, lines: float = 1.0) -> None:
        self.y += self.pitch * lines

    def contact_lines(self) -> list[str]:
        letter, look = self.letter, self.look
        lines = []
        if letter.phone:
            lines.append(look.phone_label + letter.phone)
        if letter.email:
            lines.append(look.email_label + letter.email)
        return lines

    # --- the parts of a letter ----------------------------------------------------

    def sender_lines(self) -> list[str]:
        lines = [self.letter.printed_name()] if self.look.name_on_top else []
        lines += self.pointed(self.letter.address_lines())
        return [self.text(t) for t in lines + self.contact_lines()]

    def pointed(self, lines: list[str]) -> list[str]:
        """Address lines, with their commas and full stop where the look asks for them."""
        if not self.look.line_commas:
            return list(lines)
        return [f"{t}," for t in lines[:-1]] + [f"{lines[-1]}."]

    def sender_block(self, at_right: bool) -> None:
        lines = self.sender_lines()
        date = printed_date(self.letter.date, self.letter.date_form)
        if self.look.date_at == "sender":
            lines += ["", date]
        if not at_right:
            x, align = self.look.left, "left"
        elif self.look.sender_align == "right":
            x, align = self.edge, "right"
        else:
            widest = max(self.sheet.width_of(t, self.look.family, self.look.size) for t in lines)
            x, align = self.edge - widest, "left"
        for text in lines:
            if text:
                self.line(text, x=x, align=align)
            else:
                self.skip()

    def letterhead(self) -> None:
        letter, look = self.letter, self.look
        family = look.head_family or look.family
        middle = self.sheet.width / 2
        if letter.firm:
            self.line(letter.firm[0], x=middle, align="centre", bold=True, family=family,
                      size=look.size + 7)
            for text in letter.firm[1:]:
                self.line(text, x=middle, align="centre", family=family, size=look.size + 1)
        else:
            self.line(self.text(letter.printed_name()), x=middle, align="centre", bold=True,
                      family=family, size=look.size + 5)
        small = max(look.size - 1, 7.5)
        self.line(self.text(letter.address_in_one()), x=middle, align="centre", size=small)
        contact = " \u2022 ".join(t for t in (letter.email, letter.phone) if t)
        if contact:
            self.line(contact, x=middle, align="centre", size=small)
        self.sheet.rule(look.left, self.edge, self.y - self.pitch * 0.45, 0.35)
        self.skip(1.2)

    def firm_head(self) -> None:
        """A letterhead with the name at the left and the particulars small at the right."""
        letter, look = self.letter, self.look
        family = look.head_family or look.family
        self.line(self.text(letter.printed_name()), bold=True, family=family, size=look.size + 6)
        small = max(look.size - 2, 7.0)
        self.y += small * MM_PER_POINT * 0.35
        self.sheet.rule(look.left, self.edge, self.y - small * MM_PER_POINT * 1.25, 0.6)
        self.line(self.text(letter.address_in_one()), size=small, advance=False)
        self.line(" \u2022 ".join(t for t in (letter.phone, letter.email) if t), x=self.edge,
                  align="right", size=small)
        self.skip(1.5)

    def addressee(self) -> None:
        for text in self.pointed(list(self.letter.to)):
            self.line(self.text(text))

    def window_heads(self) -> None:
        """Addressee where the envelope's window is, the sender across from it."""
        start = self.y
        self.addressee()
        end = self.y
        self.y = start
        lines = self.sender_lines()
        widest = max(self.sheet.width_of(t, self.look.family, self.look.size) for t in lines)
        for text in lines:
            self.line(text, x=self.edge - widest)
        self.y = max(end, self.y)

    def date_line(self) -> None:
        date = printed_date(self.letter.date, self.letter.date_form)
        if self.look.date_at == "left":
            self.line(date)
        else:
            self.line(date, x=self.edge, align="right")

    def references(self) -> None:
        letter = self.letter
        if self.look.date_at == "with-ref":
            date = printed_date(letter.date, letter.date_form)
            self.line(date, x=self.edge, align="right", advance=False)
        if letter.our_ref:
            self.line(f"Our ref: {letter.our_ref}")
        if letter.reference:
            self.line(f"{letter.reference_label} {letter.reference}")
        if letter.reference or letter.our_ref or self.look.date_at == "with-ref":
            self.skip()

    def head(self) -> None:
        look = self.look
        if look.layout == "right":
            self.sender_block(at_right=True)
            self.skip()
            if look.date_at == "right":
                self.date_line()
                self.skip(0.5)
            self.addressee()
            self.skip()
        elif look.layout == "left":
            self.sender_block(at_right=False)
            self.skip()
            if look.date_at in ("left", "right"):
                self.date_line()
                self.skip()
            self.addressee()
            self.skip()
        elif look.layout in ("centred", "firm"):
            self.letterhead() if look.layout == "centred" else self.firm_head()
            if look.date_at == "right":
                self.date_line()
                self.skip(0.5)
            self.addressee()
            self.skip()
        elif look.layout == "after":
            self.addressee()
            self.skip()
            if look.date_at == "right":
                self.date_line()
                self.skip()
        elif look.layout == "window":
            self.y = max(self.y, 42.0)
            self.window_heads()
            self.skip()
            if look.date_at == "right":
                self.date_line()
                self.skip()
        else:
            raise ValueError(look.layout)
        if look.date_at == "left" and look.layout != "left":
            self.date_line()
            self.skip()
        self.references()
        self.line(self.text(self.letter.salutation) + "," * look.commas)
        self.skip(look.gap or 0.5)

    def subject(self) -> None:
        letter = self.letter
        if not letter.subject:
            return
        form = letter.subject_form
        text = self.text(letter.subject)
        if form == "re":
            text = f"Re: {text}"
        if self.sheet.width_of(text, self.look.family, self.look.size, True) > self.measure:
            raise ValueError(f"{letter.key}: the subject does not fit on one line")
        middle = self.look.subject_at == "centre"
        self.line(text, x=self.sheet.width / 2 if middle else None,
                  align="centre" if middle else "left", bold=form in ("bold", "re"),
                  underline=form == "underline")
        self.skip(self.look.gap or 0.5)

    def wrap(self, text: str, width: float, first: float = 0.0) -> list[list[str]]:
        family, size = self.look.family, self.look.size
        lines: list[list[str]] = [[]]
        for word in text.split():
            room = width - (first if len(lines) == 1 else 0.0)
            trial = " ".join(lines[-1] + [word])
            if lines[-1] and self.sheet.width_of(trial, family, size) > room:
                lines.append([word])
            else:
                lines[-1].append(word)
        return lines

    def room_for(self, lines: float) -> bool:
        return self.y + (lines - 1) * self.pitch <= self.sheet.height - self.look.bottom

    def block(self, text: str, x: float, width: float, first: float) -> None:
        wrapped = self.wrap(text, width, first)
        for number, words in enumerate(wrapped):
            left = len(wrapped) - number
            # Never part the first or the last line of a paragraph from its neighbour.
            if not self.room_for(1) or (not self.room_for(2) and left > 1 and number == 0) \
                    or (not self.room_for(2) and left == 2):
                self.new_sheet()
            shift = first if number == 0 else 0.0
            if self.look.justified and left > 1:
                self.sheet.spread(x + shift, self.y, words, width - shift, self.look.family,
                                  self.look.size)
                self.y += self.pitch
            else:
                self.line(" ".join(words), x=x + shift)

    def row(self, cells: list[str]) -> None:
        if not self.room_for(1):
            self.new_sheet()
        left = self.look.left
        self.line(cells[0], x=left + 8, advance=False)
        self.line(cells[1], x=left + 50, advance=False)
        self.line(cells[2], x=left + 135, align="right")

    def body(self) -> None:
        look = self.look
        was_row = False
        for number, paragraph in enumerate(self.letter.paragraphs()):
            text = self.text(paragraph)
            is_row = text.startswith("|")
            if number and not (is_row and was_row):
                self.skip(look.gap)
            was_row = is_row
            item = LIST_ITEM.match(text)
            if is_row:
                self.row([cell.strip() for cell in text[1:].split("|")])
            elif item:
                if not self.room_for(1):
                    self.new_sheet()
                self.line(item[1], x=look.left + 4, advance=False)
                self.block(item[2], look.left + 12, self.measure - 16, 0.0)
            else:
                self.block(text, look.left, self.measure, look.indent)

    def sign(self) -> None:
        letter, look = self.letter, self.look
        below = 2 + len(letter.sign_lines) + 2 * bool(letter.after)
        gap = 17.0 if look.signature else 12.0
        if look.paper == "A5":
            gap = 13.0
        self.skip(look.gap or 0.5)
        if self.y + gap + below * self.pitch > self.sheet.height - look.bottom + 8:
            self.new_sheet()
        x = look.left if look.close_at is None else look.close_at
        self.line(self.text(letter.close) + "," * look.commas, x=x)
        if look.signature:
            self.signature(x, self.y + gap * 0.42)
        self.y += gap - self.pitch * 0.2
        self.line(self.text(letter.printed_name()), x=x)
        for text in letter.sign_lines:
            self.line(text, x=x)
        if look.layout == "after":
            for text in self.pointed(letter.address_lines()) + self.contact_lines():
                self.line(self.text(text), x=x)
        for text in letter.after:
            self.skip()
            self.line(text)

    def signature(self, x: float, y: float) -> None:
        """A signature in ink: the name in a hand, leaned, shrunk and struck under."""
        rng, sheet = self.rng, self.sheet
        words = self.letter.name.split()
        form = int(rng.integers(3))
        name = self.letter.name if form == 0 else f"{words[0][0]}. {' '.join(words[1:])}"
        size = {"kristi": 30, "delphine": 20, "steve-hand": 22, "dancing": 22,
                "chancery": 24}[self.look.signature]
        font = sheet.font(self.look.signature, size)
        width, height = round(font.getlength(name)) + 80, round(sheet.px(22))
        tile = Image.new("L", (width, height), 0)
        draw = ImageDraw.Draw(tile)
        draw.text((30, height * 0.6), name, fill=255, anchor="ls", font=font)
        if form != 1:
            sweep = [(30 + width * 0.1, height * 0.72), (width * 0.6, height * 0.66),
                     (width * 0.93, height * 0.75), (width * 0.45, height * 0.78)]
            draw.line(sweep, fill=255, width=max(2, round(sheet.px(0.35))), joint="curve")
        lean = int(rng.integers(5, 30)) / 100
        tile = tile.transform(tile.size, Image.Transform.AFFINE,
                              (1, lean, -lean * height * 0.6, 0.05, 1, -0.025 * width),
                              Image.Resampling.BICUBIC)
        shade = int(rng.integers(20, 80))
        ink = Image.new("L", tile.size, shade)
        at = (round(sheet.px(x)) - 20, round(sheet.px(y) - height * 0.6))
        sheet.image.paste(ink, at, tile)

    def finish(self) -> None:
        if self.look.numbering != "foot":
            return
        for number, sheet in enumerate(self.sheets, 1):
            text = f"Page {number} of {len(self.sheets)}"
            sheet.put(sheet.width / 2, sheet.height - 12, text, self.look.family,
                      max(self.look.size - 2, 7), align="centre")

    def compose(self) -> list[Sheet]:
        self.head()
        self.subject()
        self.body()
        self.sign()
        self.finish()
        if self.letter.receipt:
            self.sheets.append(receipt(self.letter.receipt, self.dpi))
        return self.sheets


def receipt(lines: tuple[str, ...], dpi: int) -> Sheet:
    """A till receipt lying at the top of an otherwise empty sheet."""
    sheet = Sheet("A4", dpi)
    left, top, family, size = 74.0, 26.0, "liberation-mono", 9.0
    step = sheet.width_of("0", family, size)
    y = top
    for text in lines:
        if text:
            sheet.put(left, y, text, family, size, bold=text.startswith("TOTAL"))
        y += size * MM_PER_POINT * 1.25
    right = left + 25 * step
    for x in (left - 5, right + 4):  # the edges of the paper throw a thin shadow
        sheet.draw.line([sheet.px(x), sheet.px(top - 9), sheet.px(x + 0.6), sheet.px(y + 5)],
                        fill=120, width=max(1, round(sheet.px(0.2))))
    teeth = []
    for number in range(41):
        teeth.append((sheet.px(left - 4.6 + number * (right - left + 8.6) / 40),
                      sheet.px(y + 5 + (number % 2) * 0.9)))
    sheet.draw.line(teeth, fill=115, width=max(1, round(sheet.px(0.2))))
    return sheet


def compose(letter: Letter, look: Look, dpi: int, rng: np.random.Generator) -> list[Sheet]:
    fonts.path(look.family)
    return Composer(letter, look, dpi, rng).compose()
