"""Makes samples/fonts: handwriting faces cut down to what is written on cards.

    npm install @fontsource/architects-daughter @fontsource/covered-by-your-grace ...
    pip install fonttools
    python -m samples.hands node_modules/@fontsource samples/fonts

Run from `scripts`. The faces are under the SIL Open Font License; as the licence asks
for changed versions, they go by other names.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

FACES = [
    "architects-daughter",
    "covered-by-your-grace",
    "gochi-hand",
    "indie-flower",
    "just-me-again-down-here",
    "nothing-you-could-do",
    "patrick-hand",
    "reenie-beanie",
    "shadows-into-light",
    "short-stack",
]
WRITTEN = (
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefghijklmnopqrstuvwxyz .,'-@&/()!?+_:"
)
KEPT = {"glyf", "loca", "head", "hhea", "hmtx", "maxp", "cmap", "name", "OS/2", "post"}


def make(faces: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    notices = []
    for number, face in enumerate(FACES, 1):
        source = faces / face / "files" / f"{face}-latin-400-normal.woff"
        font = TTFont(source)
        licence = (faces / face / "LICENSE").read_text(encoding="utf-8")
        notices.append(f"hand{number:02}.ttf, after {face}: {notice(licence)}")
        cut(font)
        rename(font, f"Postroom Hand {number:02}")
        font.flavor = None
        font.save(target / f"hand{number:02}.ttf")
    text = licence[licence.index("-----") :]
    (target / "OFL.txt").write_text(
        "\n".join(notices) + "\n\nCut down to the characters that are written on cards, and renamed.\n"
        "This Font Software is licensed under the SIL Open Font License, Version 1.1.\n\n" + text.strip() + "\n",
        encoding="utf-8",
    )


def notice(licence: str) -> str:
    first = licence.strip().splitlines()[0].strip()
    return re.split(r"\s+This Font Software", first)[0]


def cut(font: TTFont) -> None:
    options = subset.Options()
    options.hinting = False
    options.layout_features = []
    options.notdef_outline = True
    options.name_IDs = ["*"]
    options.drop_tables += [tag for tag in font.keys() if tag not in KEPT and tag != "GlyphOrder"]
    cutter = subset.Subsetter(options)
    cutter.populate(text=WRITTEN)
    cutter.subset(font)


def rename(font: TTFont, name: str) -> None:
    table = font["name"]
    kept = {0, 13, 14}
    table.names = [record for record in table.names if record.nameID in kept]
    for number, text in [(1, name), (2, "Regular"), (3, name), (4, name), (6, name.replace(" ", ""))]:
        table.setName(text, number, 3, 1, 0x409)


if __name__ == "__main__":
    make(Path(sys.argv[1]), Path(sys.argv[2]))
