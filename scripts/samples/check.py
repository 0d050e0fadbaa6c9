"""Looks the night over: every file opens, counts agree, truth is consistent, print is legible."""

from __future__ import annotations

import csv
import datetime
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from . import mail
from .model import (FIRST_DATE, LAST_DATE, PRIORITIES, RECEIVED, TOPICS, luhn_digit)

SIZE_LIMIT = 700_000
FIELDS = {"sender_name", "title", "street", "town", "postcode", "date", "reference",
          "member_number", "order_number", "product", "shop", "email", "phone", "salutation",
          "subject"}


def straight(text: str) -> str:
    for curly, plain in (("\u2018", "'"), ("\u2019", "'"), ("\u201c", '"'), ("\u201d", '"')):
        text = text.replace(curly, plain)
    return " ".join(text.split())


def page_count(path: Path) -> int:
    if path.suffix == ".pdf":
        return len(re.findall(rb"/Type\s*/Page\b", path.read_bytes()))
    with Image.open(path) as image:
        count = getattr(image, "n_frames", 1)
        for number in range(count):
            image.seek(number)
            image.load()
        return count


def rows(path: Path) -> list[dict]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def distance(one: str, other: str) -> int:
    """Levenshtein's, a row at a time."""
    before = list(range(len(other) + 1))
    for number, char in enumerate(one, 1):
        row = [number]
        for place, mate in enumerate(other):
            row.append(min(before[place + 1] + 1, row[-1] + 1, before[place] + (char != mate)))
        before = row
    return before[-1]


def pictures(path: Path, pages: list[int], folder: Path) -> list[Path]:
    """The printed pages of a scan as PNG files, the right way up as far as EXIF tells."""
    if path.suffix == ".pdf":
        subprocess.run(["pdftoppm", "-r", "300", "-gray", "-png", str(path), str(folder / "p")],
                       check=True)
        return sorted(folder.glob("p*.png"))
    found = []
    with Image.open(path) as image:
        for number in pages:
            image.seek(number - 1)
            page = ImageOps.exif_transpose(image.convert("L"))
            found.append(folder / f"p{number}.png")
            dpi = image.info.get("dpi", (300, 300))
            page.save(found[-1], dpi=(float(dpi[0]), float(dpi[1])))
    return found


def level(picture: Path) -> None:
    """Turn a skewed page straight: at the right angle the lines stand out the most."""
    with Image.open(picture) as image:
        dpi = image.info.get("dpi", (300, 300))
        page = image.convert("L")
    small = page.resize((page.width // 4, page.height // 4), Image.Resampling.BOX)

    def sharpness(angle: float) -> float:
        turned = small.rotate(angle, Image.Resampling.BILINEAR, fillcolor=255)
        sums = (255 - np.asarray(turned, dtype=np.int64))[:, small.width // 12:].sum(axis=1)
        return float(((sums[1:] - sums[:-1]) ** 2).sum())

    best = max((step / 5 for step in range(-25, 26)), key=sharpness)
    if abs(best) > 0.3:
        page.rotate(best, Image.Resampling.BICUBIC, fillcolor=255).save(picture, dpi=dpi)


def ocr(path: Path, pages: list[int]) -> str:
    """What tesseract makes of a scan; a sheet fed askew is turned first, as it advises."""
    text = []
    with tempfile.TemporaryDirectory() as name:
        for picture in pictures(path, pages, Path(name)):
            found = subprocess.run(["tesseract", str(picture), "-", "--psm", "0"],
                                   capture_output=True, text=True)
            turn = re.search(r"Rotate: (\d+)", found.stdout)
            if turn and int(turn[1]):
                with Image.open(picture) as image:
                    image.rotate(-int(turn[1]), expand=True, fillcolor=255).save(picture)
            level(picture)
            found = subprocess.run(["tesseract", str(picture), "-", "--psm", "4"],
                                   capture_output=True, text=True)
            text.append(found.stdout)
    return "\n".join(text)


def run(samples: Path, read: bool = False) -> int:
    wrong: list[str] = []
    nightly, truth = samples / "nightly", samples / "truth"
    index, ledger = rows(nightly / "index.csv"), rows(truth / "ledger.csv")
    letters = json.loads((truth / "letters.json").read_text(encoding="utf-8"))
    there = sorted(str(p.relative_to(nightly)) for p in nightly.rglob("*")
                   if p.is_file() and p.name != "index.csv")

    if sorted(row["file"] for row in index) != there:
        wrong.append("index.csv does not name just the files that are there")
    if [(r["file"], r["pages"]) for r in index] != [(r["file"], r["pages"]) for r in ledger]:
        wrong.append("ledger.csv and index.csv differ")
    sums: dict[str, list[str]] = {}
    broken = []
    for row in index:
        path = nightly / row["file"]
        data = path.read_bytes()
        sums.setdefault(hashlib.sha256(data).hexdigest(), []).append(row["file"])
        if row["received"] != RECEIVED.isoformat():
            wrong.append(f"{row['file']}: received on {row['received']}")
        if len(data) > SIZE_LIMIT:
            wrong.append(f"{row['file']}: {len(data)} bytes")
        try:
            if page_count(path) != int(row["pages"]):
                wrong.append(f"{row['file']}: {page_count(path)} pages, not {row['pages']}")
        except (OSError, SyntaxError, ValueError, zlib.error) as error:
            broken.append(row["file"])
            print(f"does not open: {row['file']} ({error})")
    twins = [names for names in sums.values() if len(names) > 1]
    print(f"{len(there)} files, {sum(int(r['pages']) for r in index)} pages, "
          f"{sum((nightly / f).stat().st_size for f in there)} bytes; same bytes: {twins}")
    if len(broken) != 1 or len(twins) != 1:
        wrong.append("there should be one broken file and one pair of duplicates")
    named = {entry["scan"] for entry in letters} | set(broken) | {names[-1] for names in twins}
    if named != set(there):
        wrong.append(f"not in the truth: {sorted(set(there) ^ named)}")

    for entry in letters:
        scan, fields = entry["scan"], entry["fields"]
        pages = int(next(r["pages"] for r in index if r["file"] == scan))
        if sorted(entry["pages"] + entry["blank_pages"]) != list(range(1, pages + 1)):
            wrong.append(f"{scan}: pages do not add up")
        if entry["kind"] == "unreadable":
            continue
        if entry["topic"] not in TOPICS or entry["priority"] not in PRIORITIES:
            wrong.append(f"{scan}: topic or priority")
        if set(fields) - FIELDS:
            wrong.append(f"{scan}: fields {set(fields) - FIELDS}")
        raw = (truth / "text" / entry["text"]).read_text(encoding="utf-8")
        if raw.count("\f") != len(entry["pages"]) - 1:
            wrong.append(f"{scan}: form feeds")
        text = straight(raw)
        for field, value in fields.items():
            if field != "date" and value.upper() not in text.upper():
                wrong.append(f"{scan}: {field} {value!r} is not printed")
        date = datetime.date.fromisoformat(fields["date"])
        if not FIRST_DATE <= date <= LAST_DATE:
            wrong.append(f"{scan}: dated {date}")
        if member := fields.get("member_number"):
            digits = re.sub(r"\D", "", member)
            if luhn_digit(digits[:-1]) != digits[-1]:
                wrong.append(f"{scan}: member number {member}")

    wrong += mail.check(samples)
    if read:
        read_all(nightly, truth, letters)
    for line in wrong:
        print(f"WRONG: {line}", file=sys.stderr)
    print("all is well" if not wrong else f"{len(wrong)} thing(s) wrong")
    return 1 if wrong else 0


def read_all(nightly: Path, truth: Path, letters: list[dict]) -> None:
    if not shutil.which("tesseract") or not shutil.which("pdftoppm"):
        print("tesseract or pdftoppm is not installed: nothing read")
        return
    for entry in letters:
        found = straight(ocr(nightly / entry["scan"], entry["pages"]))
        if entry["kind"] == "unreadable":
            words = [w for w in re.findall(r"[A-Za-z]{4,}", found)]
            print(f"{entry['scan']}: unreadable; {len(found)} characters, words {words[:14]}")
            continue
        text = straight((truth / "text" / entry["text"]).read_text(encoding="utf-8"))
        rate = distance(text, found) / len(text)
        print(f"{entry['scan']}: character error rate {rate:.2%} of {len(text)}", flush=True)
