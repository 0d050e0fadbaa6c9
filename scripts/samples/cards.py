"""Fills in and scans the sample cards, with the simulator in examples/cards."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SEED = "20"

# Form, severity, number of the card: chosen to show front, back and every kind of scan,
# and to be small.
CARDS = [
    ("loyalty-a5", 0, 0),
    ("loyalty-a5", 0, 1),
    ("loyalty-a5", 2, 1),
    ("loyalty-a5", 2, 4),
    ("loyalty-a5", 3, 6),
    ("coupon-a6", 3, 4),
    ("coupon-a6", 2, 6),
    ("coupon-a6", 2, 67),
]


def make(target: Path, say) -> None:
    """The cards into `cards`, what is on them into `truth/cards.json`."""
    folder = target / "cards"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    lines = []
    for form, severity, number in CARDS:
        with tempfile.TemporaryDirectory() as scratch:
            draw(form, severity, number, Path(scratch))
            lines += (Path(scratch) / "truth.json").read_text(encoding="utf-8").splitlines()[1:-1]
            for card in Path(scratch).glob(f"{form}-*"):
                shutil.copy(card, folder)
                say(f"cards/{card.name}: {card.stat().st_size // 1000} kB")
    text = "[\n" + ",\n".join(lines) + "\n]\n"
    (target / "truth" / "cards.json").write_text(text, encoding="utf-8", newline="")


def draw(form: str, severity: int, number: int, out: Path) -> None:
    command = ["cargo", "run", "--locked", "--quiet", "--example", "cards", "--", "draw",
               "--form", ROOT / "samples/forms" / f"{form}.toml", "--severity", severity,
               "--seed", SEED, "--from", number, "--count", 1, "--out", out]
    subprocess.run([str(part) for part in command], cwd=ROOT, check=True)
