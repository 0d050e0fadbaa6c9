"""A sheet of paper: ink goes on in millimetres, and every printed run is remembered."""

from __future__ import annotations

from PIL import Image, ImageDraw

from . import fonts

PAPER = {"A4": (210.0, 297.0), "A5": (148.0, 210.0)}
MM_PER_POINT = 25.4 / 72


class Sheet:
    def __init__(self, paper: str, dpi: int) -> None:
        self.width, self.height = PAPER[paper]
        self.dpi = dpi
        size = (round(self.width / 25.4 * dpi), round(self.height / 25.4 * dpi))
        self.image = Image.new("L", size, 255)
        self.draw = ImageDraw.Draw(self.image)
        self.runs: list[tuple[float, float, str]] = []

    def px(self, mm: float) -> float:
        return mm / 25.4 * self.dpi

    def font(self, family: str, points: float, bold: bool = False):
        return fonts.load(family, round(points / 72 * self.dpi * 4) / 4, bold)

    def width_of(self, text: str, family: str, points: float, bold: bool = False) -> float:
        return self.font(family, points, bold).getlength(text) / self.dpi * 25.4

    def ink(self, x: float, y: float, text: str, family: str, points: float,
            bold: bool = False, shade: int = 0) -> None:
        """Print with the baseline at y millimetres, without remembering it."""
        self.draw.text((self.px(x), self.px(y)), text, fill=shade, anchor="ls",
                       font=self.font(family, points, bold))

    def put(self, x: float, y: float, text: str, family: str, points: float,
            bold: bool = False, align: str = "left", underline: bool = False) -> None:
        width = self.width_of(text, family, points, bold)
        x -= {"left": 0.0, "centre": width / 2, "right": width}[align]
        self.ink(x, y, text, family, points, bold)
        if underline:
            self.rule(x, x + width, y + points * MM_PER_POINT * 0.16, points / 44)
        self.remember(x, y, text)

    def spread(self, x: float, y: float, words: list[str], full: float, family: str,
               points: float, bold: bool = False) -> None:
        """Print words with even gaps, so that the last ends at x + full."""
        widths = [self.width_of(word, family, points, bold) for word in words]
        gap = (full - sum(widths)) / (len(words) - 1) if len(words) > 1 else 0.0
        at = x
        for word, width in zip(words, widths):
            self.ink(at, y, word, family, points, bold)
            at += width + gap
        self.remember(x, y, " ".join(words))

    def typed(self, x: float, y: float, text: str, family: str, points: float, rng) -> None:
        """Print as a typewriter does: fixed steps, uneven level and uneven weight."""
        step = self.width_of("n", family, points)
        for place, char in enumerate(text):
            drop = 0.35 if char.isupper() and rng.integers(5) == 0 else 0.0
            lift = int(rng.integers(-14, 15)) / 100 - drop * 0.6
            shade = int(rng.integers(0, 95)) if rng.integers(4) == 0 else int(rng.integers(0, 30))
            if char != " ":
                self.ink(x + place * step, y + lift, char, family, points, shade=shade)
        self.remember(x, y, text)

    def rule(self, x0: float, x1: float, y: float, thick: float = 0.3, shade: int = 0) -> None:
        self.draw.line([self.px(x0), self.px(y), self.px(x1), self.px(y)], fill=shade,
                       width=max(1, round(self.px(thick))))

    def remember(self, x: float, y: float, text: str) -> None:
        self.runs.append((y, x, text))

    def lines(self) -> list[str]:
        """What is printed, one string for each printed line, left to right."""
        rows: list[list[tuple[float, float, str]]] = []
        for run in sorted(self.runs):
            if rows and run[0] - rows[-1][0][0] < 0.8:
                rows[-1].append(run)
            else:
                rows.append([run])
        return [" ".join(" ".join(r[2].split()) for r in sorted(row, key=lambda r: r[1]))
                for row in rows]
