"""What paper suffers before and in the scanner. Whole-number arithmetic throughout,
so that the same seed gives the same pixels on any machine."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from . import fonts


@dataclass
class Scan:
    dpi: int = 300
    grey: bool = False
    turn: int = 0  # quarter turns clockwise, in degrees: how the sheet was fed
    skew: float = 0.0  # degrees, clockwise
    wave: float = 0.0  # mm by which the lines rise and fall across the page
    blur: float = 0.55  # pixels at 300 dpi
    threshold: int = 140
    toner: tuple[int, int] = (235, 256)  # least and greatest density, of 256
    mottle: int = 0  # how patchy the toner is, of 256
    grain: int = 26
    speckle: int = 45  # black specks, more or less
    pinholes: int = 0  # white specks in the ink, per thousand by thousand pixels
    edge: tuple[str, float] | None = None  # a black strip: which side, mm wide
    punch: bool = False
    folds: tuple[float, ...] = ()  # heights, as parts of the page
    coffee: tuple[float, float, float] | None = None  # x, y, radius in mm
    stamp: tuple[float, float, float] | None = None  # x, y in mm, angle in degrees
    staple: bool = False
    paper: int = 244  # shade of the paper in a grey scan
    bed: int = 255  # shade of the scanner's lid, seen past a skewed sheet


def field(rng: np.random.Generator, size: tuple[int, int], cell: int, low: int,
          high: int) -> np.ndarray:
    """A smoothly varying field of whole numbers between low and high."""
    width, height = size
    grid = rng.integers(0, 256, (height // cell + 3, width // cell + 3), dtype=np.uint8)
    smooth = Image.fromarray(grid).resize(size, Image.Resampling.BICUBIC)
    return low + (np.asarray(smooth, dtype=np.int16).astype(np.int32) * (high - low) // 255
                  ).astype(np.int16)


def noise(rng: np.random.Generator, shape: tuple[int, int], reach: int) -> np.ndarray:
    """Triangular noise of mean nought, within plus or minus `reach`."""
    if reach <= 0:
        return np.zeros(shape, dtype=np.int16)
    first = rng.integers(0, 256, shape, dtype=np.uint8).astype(np.int16)
    second = rng.integers(0, 256, shape, dtype=np.uint8)
    return ((first - second) * reach) // 256


# --- marks on the paper -----------------------------------------------------------------


def add_fold(image: Image.Image, part: float, dpi: int, rng: np.random.Generator) -> None:
    draw = ImageDraw.Draw(image)
    width, height = image.size
    y = part * height
    step = max(2, dpi // 40)
    for x in range(0, width, step):
        y += int(rng.integers(-10, 11)) / 40
        if rng.integers(12) == 0:  # toner flakes off along the crease
            draw.line([x, y - 1, x + step, y - 1], fill=255, width=max(1, dpi // 100))
        shade = int(rng.integers(30, 235))
        draw.line([x, y, x + step, y], fill=shade, width=max(1, dpi // 140))


def add_punch(image: Image.Image, dpi: int, rng: np.random.Generator) -> None:
    """Two filing holes, 80 mm apart, through which the dark bed shows."""
    draw = ImageDraw.Draw(image)
    middle = image.height / 2 + int(rng.integers(-20, 21)) / 300 * dpi
    for offset in (-40, 40):
        x, y, r = 11.5 / 25.4 * dpi, middle + offset / 25.4 * dpi, 2.9 / 25.4 * dpi
        draw.ellipse([x - r, y - r, x + r, y + r], fill=40)
        draw.arc([x - r, y - r, x + r, y + r], 200, 300, fill=210, width=max(1, dpi // 90))


def add_staple(image: Image.Image, dpi: int) -> None:
    draw = ImageDraw.Draw(image)
    x, y = 9 / 25.4 * dpi, 9 / 25.4 * dpi
    for dx, dy in ((0.0, 9.0), (9.0, 0.0)):
        cx, cy, r = x + dx / 25.4 * dpi, y + dy / 25.4 * dpi, 0.5 / 25.4 * dpi
        draw.ellipse([cx - r, cy - r, cx + r, cy + r], fill=20)


def add_coffee(image: Image.Image, ring: tuple[float, float, float], dpi: int,
               rng: np.random.Generator) -> None:
    """The ring of a wet cup: dark at its rim, broken in places, with a drip or two."""
    x, y, radius = (v / 25.4 * dpi for v in ring)
    tile = Image.new("L", image.size, 0)
    draw = ImageDraw.Draw(tile)
    steps, knots = 1440, 14
    wobble = [int(v) for v in rng.integers(-8, 9, 6)]
    weights = [int(v) for v in rng.integers(15, 105, knots)]
    broad = [int(v) for v in rng.integers(30, 100, knots)]
    for number in range(steps):
        angle = math.tau * number / steps
        at, part = divmod(number * knots / steps, 1)
        here, there = int(at), (int(at) + 1) % knots
        smooth = part * part * (3 - 2 * part)
        weight = weights[here] * (1 - smooth) + weights[there] * smooth
        thick = dpi * 0.08 * (broad[here] * (1 - smooth) + broad[there] * smooth) / 100
        out = radius + sum(w * math.cos((k + 1) * angle) / (k + 2)
                           for k, w in enumerate(wobble)) * dpi / 400
        for depth, strength in ((1.0, 0.45), (0.75, 0.3), (0.5, 0.3), (0.25, 0.45), (0.0, 1.0)):
            r = out - depth * thick
            px, py = x + r * math.cos(angle), y + r * math.sin(angle)
            size = max(1.5, dpi / 130)
            draw.ellipse([px - size, py - size, px + size, py + size],
                         fill=round(weight * strength))
    for _ in range(4):
        angle, out = int(rng.integers(0, 360)), int(rng.integers(105, 150)) / 100
        px = x + radius * out * math.cos(math.radians(angle))
        py = y + radius * out * math.sin(math.radians(angle))
        r = int(rng.integers(3, 12)) / 300 * dpi
        draw.ellipse([px - r, py - r, px + r, py + r], fill=int(rng.integers(30, 80)))
    tile = tile.filter(ImageFilter.GaussianBlur(dpi / 150))
    image.paste(0, (0, 0), tile)


def add_stamp(image: Image.Image, place: tuple[float, float, float], dpi: int,
              rng: np.random.Generator) -> None:
    """The post room's own stamp, by hand: at an angle and unevenly inked."""
    width, height = round(58 / 25.4 * dpi), round(24 / 25.4 * dpi)
    tile = Image.new("L", (width, height), 0)
    draw = ImageDraw.Draw(tile)
    line = max(2, round(dpi * 0.022))
    gap = round(dpi * 0.03)
    draw.rectangle([line, line, width - line, height - line], outline=255, width=line)
    draw.rectangle([line + gap * 2, line + gap * 2, width - line - gap * 2,
                    height - line - gap * 2], outline=255, width=max(1, line // 2))
    for text, size, at in (("RECEIVED", 17, 0.42), ("19 NOV 2026", 14, 0.78)):
        font = fonts.load("nimbus-sans", size / 72 * dpi, True)
        draw.text((width / 2, height * at), text, fill=255, anchor="ms", font=font)
    patchy = field(rng, tile.size, max(3, dpi // 10), 120, 420)
    patchy = np.clip(patchy, 0, 256) + noise(rng, (height, width), 120)
    inked = np.asarray(tile, dtype=np.int32) * np.clip(patchy, 0, 256) // 256
    tile = Image.fromarray(inked.astype(np.uint8))
    tile = tile.rotate(-place[2], Image.Resampling.BICUBIC, expand=True)
    at = (round(place[0] / 25.4 * dpi), round(place[1] / 25.4 * dpi))
    image.paste(55, at, tile)


# --- the scanner ------------------------------------------------------------------------


def bend(image: Image.Image, wave: float, dpi: int, rng: np.random.Generator) -> Image.Image:
    """Let the lines rise and fall a little, as from a sheet that lay unevenly."""
    width, height = image.size
    reach = wave / 25.4 * dpi
    phase, second = int(rng.integers(0, 628)) / 100, int(rng.integers(0, 628)) / 100
    strips, mesh = 48, []

    def lift(x: float) -> float:
        return reach * (math.sin(x / width * math.tau + phase) * 0.7
                        + math.sin(x / width * math.tau * 2.3 + second) * 0.3)

    for number in range(strips):
        x0, x1 = width * number // strips, width * (number + 1) // strips
        d0, d1 = lift(x0), lift(x1)
        mesh.append(((x0, 0, x1, height),
                     (x0, d0, x0, height + d0, x1, height + d1, x1, d1)))
    return image.transform(image.size, Image.Transform.MESH, mesh, Image.Resampling.BICUBIC,
                           fillcolor=255)


def rotate(image: Image.Image, degrees: float, bed: int) -> Image.Image:
    """Turn clockwise about the middle; the size stays, the lid shows at the corners."""
    return image.rotate(-degrees, Image.Resampling.BICUBIC, fillcolor=bed)


def add_edge(image: Image.Image, edge: tuple[str, float], dpi: int,
             rng: np.random.Generator) -> None:
    side, broad = edge
    draw = ImageDraw.Draw(image)
    length = image.height if side in ("left", "right") else image.width
    across = image.width if side in ("left", "right") else image.height
    step = max(2, dpi // 50)
    extent = broad / 25.4 * dpi
    lean = int(rng.integers(-40, 41)) / 100 * extent
    for at in range(0, length, step):
        reach = extent + lean * (at / length - 0.5) + int(rng.integers(-3, 4)) * dpi / 600
        if side == "left":
            box = [0, at, reach, at + step]
        elif side == "right":
            box = [across - reach, at, across, at + step]
        elif side == "top":
            box = [at, 0, at + step, reach]
        else:
            box = [at, across - reach, at + step, across]
        draw.rectangle(box, fill=int(rng.integers(5, 60)))


def add_specks(black: np.ndarray, count: int, rng: np.random.Generator, dpi: int,
               value: bool) -> None:
    height, width = black.shape
    sizes = (1, 1, 1, 1, 1, 2, 2, 2, 3, 4)
    for _ in range(count):
        y, x = int(rng.integers(0, height - 8)), int(rng.integers(0, width - 8))
        size = max(1, sizes[int(rng.integers(len(sizes)))] * dpi // 300)
        wide = max(1, size + int(rng.integers(-1, 2)))
        black[y:y + size, x:x + wide] = value


def scan(image: Image.Image, spec: Scan, rng: np.random.Generator) -> Image.Image:
    """One side of one sheet, as the scanner saves it: 1-bit, or 8-bit grey."""
    dpi = spec.dpi
    image = image.copy()
    for part in spec.folds:
        add_fold(image, part, dpi, rng)
    if spec.stamp:
        add_stamp(image, spec.stamp, dpi, rng)
    if spec.coffee:
        add_coffee(image, spec.coffee, dpi, rng)
    if spec.punch:
        add_punch(image, dpi, rng)
    if spec.staple:
        add_staple(image, dpi)
    if spec.wave:
        image = bend(image, spec.wave, dpi, rng)
    if spec.skew:
        image = rotate(image, spec.skew, spec.bed)
    if spec.edge:
        add_edge(image, spec.edge, dpi, rng)
    image = image.filter(ImageFilter.GaussianBlur(spec.blur * dpi / 300))

    shape = (image.height, image.width)
    ink = 255 - np.asarray(image, dtype=np.int16)
    low, high = spec.toner
    density = field(rng, image.size, dpi * 2 // 3, low, high)
    if spec.mottle:
        density = density + field(rng, image.size, max(2, dpi // 60), -spec.mottle, spec.mottle)
        density = np.clip(density, 0, 256)
    ink = (ink.astype(np.int32) * density >> 8).astype(np.int16)

    if spec.grey:
        shade = field(rng, image.size, dpi * 2, spec.paper - 7, spec.paper + 4)
        fibre = field(rng, image.size, max(2, dpi // 75), -3, 3)
        value = shade + fibre + noise(rng, shape, spec.grain)
        value = value - (ink.astype(np.int32) * (value - 18) // 255).astype(np.int16)
        result = Image.fromarray(np.clip(value, 0, 255).astype(np.uint8))
        return turned(result, spec.turn)

    value = 255 - ink + noise(rng, shape, spec.grain)
    black = value < spec.threshold
    if spec.pinholes:
        add_specks(black, spec.pinholes * shape[0] * shape[1] // 1_000_000, rng, dpi, False)
    add_specks(black, spec.speckle * int(rng.integers(30, 171)) // 100, rng, dpi, True)
    result = Image.fromarray(np.where(black, 0, 255).astype(np.uint8))
    return turned(result, spec.turn).convert("1", dither=Image.Dither.NONE)


def turned(image: Image.Image, turn: int) -> Image.Image:
    return {0: lambda: image,
            90: lambda: image.transpose(Image.Transpose.ROTATE_270),
            180: lambda: image.transpose(Image.Transpose.ROTATE_180),
            270: lambda: image.transpose(Image.Transpose.ROTATE_90)}[turn]()
