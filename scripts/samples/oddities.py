"""What comes in the post and cannot be read as print: hands, a drawing, a photograph."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from .sheet import Sheet

HAND_ONE = """
14 Oct
Dear Mr Hartwell and Mr Finch
I hope you are keeping well. I have been
meaning to write since the summer about
the curtains you put up for my sister in
Whitby. They are still up and the sea air
has not faded them one bit. She asked me
to send you her kind regards and to say
that the cat is better.
I shall be in on the 24th for some wool if
the buses are running, and will look for
you both by the door.
With every good wish from us all
Winifred
"""

HAND_TWO = """
Sirs - the lamp you sold me has gone
out AGAIN. Third bulb. I am not made
of bulbs. Your man says it is the
wiring and my man says it is your lamp
and I say a plague on both of them.
Send somebody who knows what he is
about or send me the money, I do not
much mind which, but soon.
I am out on Wednesdays.
J. T. Mossop
the house with the green gate, Kirkby
p.s. the shade is also crooked
"""


def handwritten(text: str, family: str, points: float, dpi: int, rng: np.random.Generator,
                slant: float, pitch: float) -> Image.Image:
    """Writing in a hurry: every letter leaned, stretched, tilted and run into the next."""
    sheet = Sheet("A4", dpi)
    page, width = sheet.image, sheet.image.width
    y = sheet.px(34)
    for line in text.strip().splitlines():
        x = sheet.px(20 + int(rng.integers(0, 9)))
        tilt = int(rng.integers(-30, 12)) / 1000
        phase = int(rng.integers(0, 628)) / 100
        last = None
        start = x
        for char in line:
            size = points * int(rng.integers(82, 122)) / 100
            font = sheet.font(family, size)
            step = font.getlength(char)
            if char == " ":
                x += step * 1.0 + sheet.px(int(rng.integers(8, 26)) / 10)
                last = None
                continue
            base = y + (x - start) * tilt + sheet.px(1.1) * math.sin(x / width * 21 + phase)
            base += sheet.px(int(rng.integers(-9, 10)) / 10)
            box = round(size / 72 * dpi * 2.4)
            tile = Image.new("L", (box, box), 0)
            ImageDraw.Draw(tile).text((box * 0.4, box * 0.62), char, fill=255, anchor="ls",
                                      font=font)
            lean = slant + int(rng.integers(-16, 17)) / 100
            tall = int(rng.integers(80, 128)) / 100
            turn = int(rng.integers(-10, 11)) / 100
            mid = box * 0.62
            tile = tile.transform((box, box), Image.Transform.AFFINE,
                                  (1, lean, -lean * mid, turn, 1 / tall,
                                   mid - mid / tall - turn * box * 0.5),
                                  Image.Resampling.BICUBIC)
            if int(rng.integers(4)) == 0:
                tile = tile.filter(ImageFilter.MaxFilter(3))
            page.paste(int(rng.integers(0, 70)), (round(x - box * 0.4), round(base - mid)), tile)
            if last and int(rng.integers(4)):  # the pen was not lifted
                sag = base + sheet.px(int(rng.integers(0, 10)) / 10)
                sheet.draw.line([last, ((last[0] + x) / 2, sag), (x + step * 0.35, base - 3)],
                                fill=40, width=max(2, round(sheet.px(0.28))), joint="curve")
            last = (x + step * 0.5, base - 1)
            x += step * int(rng.integers(68, 88)) / 100
        if int(rng.integers(3)) == 0:  # a word struck out, or underscored with a flourish
            at = start + (x - start) * int(rng.integers(20, 70)) / 100
            level = y - sheet.px(1.5)
            points_ = [(at + k * sheet.px(2.2), level + sheet.px(1.4) * (-1) ** k)
                       for k in range(9)]
            sheet.draw.line(points_, fill=30, width=max(2, round(sheet.px(0.4))), joint="curve")
        y += sheet.px(pitch + int(rng.integers(-12, 13)) / 10)
    return page


def wobbly(draw: ImageDraw.ImageDraw, points: list[tuple[float, float]], dpi: int,
           rng: np.random.Generator, broad: float, shade: int) -> None:
    """A crayon line: through the points, unsteady, with gaps where the wax skipped."""
    for (x0, y0), (x1, y1) in zip(points, points[1:]):
        length = math.hypot(x1 - x0, y1 - y0)
        steps = max(2, int(length / (dpi * 0.02)))
        drift = 0.0
        for number in range(steps):
            t = number / steps
            drift = drift * 0.9 + int(rng.integers(-10, 11)) / 10 * dpi / 300
            x, y = x0 + (x1 - x0) * t + drift, y0 + (y1 - y0) * t + drift * 0.8
            r = broad / 25.4 * dpi / 2 * int(rng.integers(70, 120)) / 100
            if int(rng.integers(9)):
                draw.ellipse([x - r, y - r, x + r, y + r],
                             fill=min(235, max(0, shade + int(rng.integers(-25, 26)))))


def drawing(dpi: int, rng: np.random.Generator) -> Image.Image:
    """A child's picture: a house, the sun, a tree, a family and a cat."""
    sheet = Sheet("A4", dpi)
    draw = sheet.draw

    def line(points, broad=1.6, shade=60):
        wobbly(draw, [(sheet.px(x), sheet.px(y)) for x, y in points], dpi, rng, broad, shade)

    def ring(x, y, rx, ry, broad=1.6, shade=60, sweep=1.06):
        line([(x + rx * math.cos(k / 24 * math.tau * sweep),
               y + ry * math.sin(k / 24 * math.tau * sweep)) for k in range(25)], broad, shade)

    def scribble(x0, y0, x1, y1, turns, shade=140, broad=1.3):
        line([(x0 if k % 2 else x1, y0 + (y1 - y0) * k / turns + int(rng.integers(-15, 16)) / 10)
              for k in range(turns + 1)], broad, shade)

    line([(12, 236), (60, 231), (120, 238), (198, 230)], 2.0, 90)
    scribble(14, 240, 196, 276, 26, 150)
    line([(58, 232), (56, 150), (128, 146), (131, 233), (58, 232)])
    line([(48, 152), (91, 98), (140, 149), (48, 152)])
    scribble(76, 120, 106, 148, 14, 120)
    line([(84, 232), (83, 196), (101, 194), (103, 232)])
    ring(98, 214, 1.4, 1.4, 1.0)
    for x, y in ((64, 160), (108, 158)):
        line([(x, y), (x + 15, y - 1), (x + 16, y + 16), (x - 1, y + 17), (x, y)], 1.3)
        line([(x + 7, y), (x + 8, y + 16)], 1.0)
        line([(x, y + 8), (x + 15, y + 8)], 1.0)
    line([(114, 122), (114, 98), (124, 97), (125, 132)])
    for k in range(4):
        ring(121 + k * 5, 88 - k * 11, 4 + k * 1.6, 3 + k, 1.2, 120)
    ring(174, 46, 17, 16, 2.0, 110)
    scribble(163, 36, 186, 56, 12, 190)
    for k in range(11):
        a = k / 11 * math.tau
        line([(174 + 21 * math.cos(a), 46 + 20 * math.sin(a)),
              (174 + 31 * math.cos(a), 46 + 31 * math.sin(a))], 1.6, 120)
    line([(24, 235), (27, 182)], 3.0, 90)
    line([(33, 235), (31, 183)], 3.0, 90)
    for k in range(7):
        a = k / 7 * math.tau
        ring(28 + 11 * math.cos(a), 164 + 11 * math.sin(a), 9, 8, 1.8, 110)
    for x, tall in ((150, 1.0), (168, 0.85), (184, 0.6)):
        top = 232 - 62 * tall
        ring(x, top, 7 * tall + 2, 8 * tall + 1)
        ring(x - 2.5, top - 2, 0.6, 0.6, 1.2, 30)
        ring(x + 2.5, top - 2, 0.6, 0.6, 1.2, 30)
        line([(x - 3, top + 3), (x, top + 5), (x + 3, top + 3)], 1.0)
        line([(x, top + 9 * tall), (x + 1, 232 - 20 * tall)])
        line([(x + 1, 232 - 20 * tall), (x - 7 * tall, 233)])
        line([(x + 1, 232 - 20 * tall), (x + 8 * tall, 233)])
        line([(x - 11 * tall, top + 20 * tall), (x, top + 15 * tall), (x + 12 * tall,
             top + 22 * tall)])
    ring(140, 224, 5, 3.4, 1.4, 50)
    ring(146, 219, 2.6, 2.5, 1.4, 50)
    line([(135, 223), (131, 215), (133, 211)], 1.2, 50)
    for k in range(5):
        x = 20 + k * 26
        line([(x, 50 + k % 2 * 14), (x + 5, 45 + k % 2 * 14), (x + 9, 50 + k % 2 * 14),
              (x + 13, 45 + k % 2 * 14), (x + 18, 50 + k % 2 * 14)], 1.2, 80)
    return sheet.image


def hills(rng: np.random.Generator, length: int, rough: float) -> list[float]:
    """A jagged outline by halving: `length` heights between about -1 and 1."""
    line = [0.0, 0.0]
    reach = 1.0
    while len(line) < length:
        nxt = []
        for left, right in zip(line, line[1:]):
            nxt += [left, (left + right) / 2 + reach * int(rng.integers(-100, 101)) / 200]
        line = nxt + [line[-1]]
        reach *= rough
    return line[:length]


def photograph(dpi: int, rng: np.random.Generator) -> Image.Image:
    """A grey holiday snap of hills and a lake, glued on a sheet of paper."""
    sheet = Sheet("A4", dpi)
    width, height = round(sheet.px(152)), round(sheet.px(102))
    shades = np.linspace(226, 172, height).astype(np.int16)[:, None].repeat(width, 1)
    cloud = np.zeros((height, width), dtype=np.int16)
    for cell, reach in ((dpi, 26), (dpi // 3, 16), (dpi // 8, 8), (dpi // 20, 4)):
        grid = rng.integers(0, 256, (height // cell + 3, width // cell + 3), dtype=np.uint8)
        smooth = Image.fromarray(grid).resize((width, height), Image.Resampling.BICUBIC)
        cloud += np.asarray(smooth, dtype=np.int16) * reach // 128 - reach
    picture = Image.fromarray(np.clip(shades + cloud, 0, 255).astype(np.uint8))
    draw = ImageDraw.Draw(picture)
    for level, reach, shade, rough in ((0.50, 0.20, 150, 0.55), (0.58, 0.16, 112, 0.52),
                                       (0.66, 0.10, 74, 0.50)):
        line = hills(rng, 1025, rough)
        outline = [(k / 1024 * width, height * (level - reach * v)) for k, v in enumerate(line)]
        draw.polygon(outline + [(width, height), (0, height)], fill=shade)
    shore = round(height * 0.70)
    lake = picture.crop((0, 2 * shore - height, width, shore)).transpose(
        Image.Transpose.FLIP_TOP_BOTTOM).filter(ImageFilter.GaussianBlur(dpi / 60))
    dim = Image.new("L", lake.size, 96)
    picture.paste(Image.blend(lake, dim, 0.35), (0, shore))
    draw = ImageDraw.Draw(picture)
    for _ in range(260):
        y = int(rng.integers(shore, height))
        x, span = int(rng.integers(0, width)), int(rng.integers(dpi // 30, dpi // 5))
        draw.line([x, y, x + span, y], fill=int(rng.integers(110, 190)), width=1)
    for _ in range(90):  # reeds in front
        x = int(rng.integers(0, width // 3))
        tall = int(rng.integers(dpi // 6, dpi // 2))
        draw.line([x, height, x + int(rng.integers(-12, 13)), height - tall], fill=38,
                  width=max(1, dpi // 90))
    picture = picture.filter(ImageFilter.GaussianBlur(dpi / 220))
    grain = rng.integers(-7, 8, (height, width)).astype(np.int16)
    picture = Image.fromarray(np.clip(np.asarray(picture, dtype=np.int16) + grain, 0, 255)
                              .astype(np.uint8))
    left, top = round(sheet.px(28)), round(sheet.px(60))
    border = round(sheet.px(3))
    draw = ImageDraw.Draw(sheet.image)
    draw.rectangle([left - border + 4, top - border + 4, left + width + border + 5,
                    top + height + border + 5], fill=190)
    draw.rectangle([left - border, top - border, left + width + border, top + height + border],
                   fill=252)
    sheet.image.paste(picture, (left, top))
    return sheet.image
