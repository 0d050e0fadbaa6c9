"""Where the faces are. Every font comes from a Debian package; the packages are:

    fonts-liberation fonts-dejavu-core fonts-urw-base35 fonts-crosextra-carlito
    fonts-crosextra-caladea fonts-freefont-ttf fonts-sil-gentiumplus
    fonts-linuxlibertine fonts-lato fonts-courier-prime
    fonts-kristi fonts-sjfonts fonts-dancingscript
"""

from __future__ import annotations

import functools
from pathlib import Path

from PIL import ImageFont

ROOT = Path("/usr/share/fonts")

# family: (package, folder, regular file, bold file)
FAMILIES = {
    "liberation-serif": ("fonts-liberation", "truetype/liberation",
                         "LiberationSerif-Regular.ttf", "LiberationSerif-Bold.ttf"),
    "liberation-sans": ("fonts-liberation", "truetype/liberation",
                        "LiberationSans-Regular.ttf", "LiberationSans-Bold.ttf"),
    "liberation-mono": ("fonts-liberation", "truetype/liberation",
                        "LiberationMono-Regular.ttf", "LiberationMono-Bold.ttf"),
    "dejavu-sans": ("fonts-dejavu-core", "truetype/dejavu",
                    "DejaVuSans.ttf", "DejaVuSans-Bold.ttf"),
    "dejavu-serif": ("fonts-dejavu-core", "truetype/dejavu",
                     "DejaVuSerif.ttf", "DejaVuSerif-Bold.ttf"),
    "nimbus-roman": ("fonts-urw-base35", "opentype/urw-base35",
                     "NimbusRoman-Regular.otf", "NimbusRoman-Bold.otf"),
    "nimbus-sans": ("fonts-urw-base35", "opentype/urw-base35",
                    "NimbusSans-Regular.otf", "NimbusSans-Bold.otf"),
    "nimbus-mono": ("fonts-urw-base35", "opentype/urw-base35",
                    "NimbusMonoPS-Regular.otf", "NimbusMonoPS-Bold.otf"),
    "bookman": ("fonts-urw-base35", "opentype/urw-base35",
                "URWBookman-Light.otf", "URWBookman-Demi.otf"),
    "gothic": ("fonts-urw-base35", "opentype/urw-base35",
               "URWGothic-Book.otf", "URWGothic-Demi.otf"),
    "palladio": ("fonts-urw-base35", "opentype/urw-base35", "P052-Roman.otf", "P052-Bold.otf"),
    "schola": ("fonts-urw-base35", "opentype/urw-base35", "C059-Roman.otf", "C059-Bold.otf"),
    "carlito": ("fonts-crosextra-carlito", "truetype/crosextra",
                "Carlito-Regular.ttf", "Carlito-Bold.ttf"),
    "caladea": ("fonts-crosextra-caladea", "truetype/crosextra",
                "Caladea-Regular.ttf", "Caladea-Bold.ttf"),
    "free-serif": ("fonts-freefont-ttf", "truetype/freefont",
                   "FreeSerif.ttf", "FreeSerifBold.ttf"),
    "free-sans": ("fonts-freefont-ttf", "truetype/freefont", "FreeSans.ttf", "FreeSansBold.ttf"),
    "gentium": ("fonts-sil-gentiumplus", "truetype/gentiumplus",
                "GentiumPlus-Regular.ttf", "GentiumPlus-Bold.ttf"),
    "libertine": ("fonts-linuxlibertine", "opentype/linux-libertine",
                  "LinLibertine_R.otf", "LinLibertine_RB.otf"),
    "lato": ("fonts-lato", "truetype/lato", "Lato-Regular.ttf", "Lato-Bold.ttf"),
    "courier-prime": ("fonts-courier-prime", "opentype/courier-prime",
                      "Courier Prime.otf", "Courier Prime Bold.otf"),
    # Hands, for signatures and for what cannot be read as print.
    "kristi": ("fonts-kristi", "truetype/kristi", "Kristi.ttf", "Kristi.ttf"),
    "delphine": ("fonts-sjfonts", "truetype/sjfonts", "Delphine.ttf", "Delphine.ttf"),
    "steve-hand": ("fonts-sjfonts", "truetype/sjfonts", "SteveHand.ttf", "SteveHand.ttf"),
    "dancing": ("fonts-dancingscript", "opentype/dancingscript",
                "DancingScript-Regular.otf", "DancingScript-Bold.otf"),
    "chancery": ("fonts-urw-base35", "opentype/urw-base35",
                 "Z003-MediumItalic.otf", "Z003-MediumItalic.otf"),
}


class MissingFont(Exception):
    """A font file is not on this machine."""


def path(family: str, bold: bool = False) -> Path:
    package, folder, regular, heavy = FAMILIES[family]
    file = ROOT / folder / (heavy if bold else regular)
    if not file.is_file():
        raise MissingFont(f"font file {file} is missing: apt-get install {package}")
    return file


def check_all() -> None:
    """Fail at once, naming every package that is lacking."""
    lacking = []
    for family in FAMILIES:
        for bold in (False, True):
            try:
                path(family, bold)
            except MissingFont as error:
                lacking.append(str(error))
    if lacking:
        raise MissingFont("\n".join(sorted(set(lacking))))


@functools.lru_cache(maxsize=256)
def load(family: str, size_px: float, bold: bool = False) -> ImageFont.FreeTypeFont:
    # The basic layout engine: kerning but no ligatures, as most word processors print.
    return ImageFont.truetype(str(path(family, bold)), size_px,
                              layout_engine=ImageFont.Layout.BASIC)
