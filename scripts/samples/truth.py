"""Writes down what each scan really says."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

from .model import RECEIVED
from .night import Made


def table(header: list[str], rows: list[list]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()


def index(night: list[Made]) -> str:
    return table(["file", "pages", "received"],
                 [[made.item.file, made.pages, RECEIVED.isoformat()] for made in night])


def ledger(night: list[Made]) -> str:
    return table(["file", "pages", "what_it_is_for"],
                 [[made.item.file, made.pages, made.item.what] for made in night])


def documents(night: list[Made]) -> list[tuple[dict, str | None]]:
    """Each document of the night, with the text printed on it (None for the unreadable)."""
    found: list[tuple[dict, str | None]] = []
    number = 0
    for made in night:
        if made.item.kind not in ("letter", "unreadable"):
            continue
        entry = {"scan": made.item.file, "document": 1, "pages": made.printed_pages,
                 "kind": made.item.kind, "blank_pages": made.blank_pages}
        if made.item.kind == "unreadable":
            entry |= {"fields": {}, "topic": None, "priority": None, "text": None}
            found.append((entry, None))
            continue
        number += 1
        entry |= {"fields": made.letter.fields(), "topic": made.letter.topic,
                  "priority": made.letter.priority, "text": f"letter-{number:02}.txt"}
        text = "\f".join("\n".join(page) + "\n" for page in made.printed)
        found.append((entry, text))
    return found


def write(folder: Path, night: list[Made]) -> None:
    (folder / "text").mkdir(parents=True, exist_ok=True)
    found = documents(night)
    for entry, text in found:
        if text is not None:
            (folder / "text" / entry["text"]).write_text(text, encoding="utf-8", newline="")
    listing = ",\n".join(json.dumps(entry, ensure_ascii=False, indent=1) for entry, _ in found)
    (folder / "letters.json").write_text(f"[\n{listing}\n]\n", encoding="utf-8")
    (folder / "ledger.csv").write_text(ledger(night), encoding="utf-8", newline="")
