"""Makes the sample e-mails: 40 messages and letters of 15 cases, and the truth of which is whose."""

from __future__ import annotations

import base64
import csv
import html
import json
import random
import re
import shutil
from collections.abc import Callable
from email.utils import format_datetime, parseaddr
from datetime import datetime, timedelta, timezone
from pathlib import Path

from .mail_texts import POST, Letter, Mail

SEED = 20_261_112
# A picture of one pixel, as signatures have: nobody may take it for a scan.
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
PROGRAMS = ("Thunderbird 128.4", "iPhone Mail (22B83)", "Evolution 3.52", "K-9 Mail 8.0")


def make(target: Path, say: Callable[[str], None]) -> None:
    """Writes `mail/` and `truth/mail.csv` under the samples."""
    folder = target / "mail"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    luck = random.Random(SEED)
    ids = {piece.name: message_id(piece, luck) for piece in POST if isinstance(piece, Mail)}
    written: dict[str, str] = {}
    rows = []
    for number, piece in enumerate(POST, 1):
        if isinstance(piece, Letter):
            file = f"{number:02}-{piece.name}.json"
            text = json.dumps(list(piece.lines), ensure_ascii=False, indent=1) + "\n"
        else:
            file = f"{number:02}-{piece.name}.eml"
            text = rerouted(written[piece.same_as], luck) if piece.same_as else message(piece, ids, luck)
            written[piece.name] = text
        (folder / file).write_bytes(text.encode())
        rows.append([file, piece.case, piece.kind, piece.what])
    (target / "truth").mkdir(parents=True, exist_ok=True)
    with (target / "truth/mail.csv").open("w", encoding="utf-8", newline="") as truth:
        csv.writer(truth, lineterminator="\n").writerows([["file", "case", "kind", "what_it_is_for"], *rows])
    say(f"mail: {len(rows)} messages and letters of {len({row[1] for row in rows})} cases")


def check(samples: Path) -> list[str]:
    """What is wrong with what is there."""
    with (samples / "truth/mail.csv").open(encoding="utf-8", newline="") as truth:
        rows = list(csv.reader(truth))[1:]
    there = sorted(path.name for path in (samples / "mail").iterdir())
    wrong = [] if sorted(row[0] for row in rows) == there else ["mail.csv does not name just the files that are there"]
    cases = {row[1] for row in rows}
    for path in (samples / "mail").iterdir():
        for name in re.findall(r"\{(?:case|loose|told):([\w-]+)\}", path.read_text(encoding="utf-8")):
            if name not in cases:
                wrong.append(f"{path.name}: there is no case {name}")
    return wrong


def message_id(piece: Mail, luck: random.Random) -> str:
    host = parseaddr(piece.sender)[1].partition("@")[2]
    return f"{luck.getrandbits(64):016x}.{piece.name}@{host}"


def message(piece: Mail, ids: dict[str, str], luck: random.Random) -> str:
    sent = datetime(2026, 11, piece.day, piece.hour, luck.randrange(60), luck.randrange(60), tzinfo=timezone.utc)
    lines = [*received(sent, luck), f"From: {piece.sender}", f"To: {piece.to}", f"Subject: {piece.subject}"]
    lines += [f"Date: {format_datetime(sent)}", f"Message-ID: <{ids[piece.name]}>"]
    answers = [f"<{ids.get(name, name)}>" for name in piece.answers]
    if answers and piece.kind != "bounce":
        # Who forwards names what is forwarded, and answers nothing.
        if not piece.subject.startswith("Fwd:"):
            lines.append(f"In-Reply-To: {answers[-1]}")
        lines.append("References: " + "\r\n ".join(answers))
    lines += {
        "out-of-office": ["Auto-Submitted: auto-replied", "X-Auto-Response-Suppress: All"],
        "list": ["List-Id: <news.garden-trade.example>", "Precedence: bulk"],
        "bounce": ["Auto-Submitted: auto-replied"],
    }.get(piece.kind, [f"User-Agent: {luck.choice(PROGRAMS)}"])
    lines.append("MIME-Version: 1.0")
    return "\r\n".join([*lines, *body(piece, answers, luck)]) + "\r\n"


def body(piece: Mail, answers: list[str], luck: random.Random) -> list[str]:
    text = piece.text.strip("\n").splitlines()
    plain = ["Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit", "", *text]
    boundary = f"=_{luck.getrandbits(64):016x}"
    if piece.kind == "bounce":
        return bounce(piece, plain, answers, boundary)
    if piece.html:
        paragraphs = "\n".join(text).split("\n\n")
        shown = "".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in paragraphs)
        other = ["Content-Type: text/html; charset=utf-8", "", f"<html><body>{shown}</body></html>"]
        return parts("alternative", boundary, [plain, other])
    if piece.picture:
        picture = ["Content-Type: image/png; name=logo.png", "Content-Disposition: inline; filename=logo.png",
                   "Content-Transfer-Encoding: base64", "", base64.b64encode(PIXEL).decode()]
        return parts("mixed", boundary, [plain, picture])
    return plain


def bounce(piece: Mail, plain: list[str], answers: list[str], boundary: str) -> list[str]:
    """A report as servers write it (RFC 3462): what it is about stands in the header that comes back."""
    status = ["Content-Type: message/delivery-status", "", "Reporting-MTA: dns; mx1.hartwell-finch.example", "",
              "Final-Recipient: rfc822; elsie.wrad@example.com", "Action: failed", "Status: 5.1.1"]
    header = ["Content-Type: text/rfc822-headers", "", f"Subject: We have your e-mail: {{case:{piece.case}}}",
              "To: Elsie Ward <elsie.wrad@example.com>", f"Message-ID: {answers[0]}"]
    return parts("report; report-type=delivery-status", boundary, [plain, status, header])


def parts(kind: str, boundary: str, pieces: list[list[str]]) -> list[str]:
    lines = [f'Content-Type: multipart/{kind}; boundary="{boundary}"', ""]
    for piece in pieces:
        lines += [f"--{boundary}", *piece]
    return [*lines, f"--{boundary}--"]


def received(sent: datetime, luck: random.Random) -> list[str]:
    came = sent + timedelta(seconds=luck.randrange(1, 90))
    relay = f"mx{luck.randrange(1, 4)}.hartwell-finch.example"
    return [f"Received: from out.example (198.51.100.{luck.randrange(1, 255)}) by {relay}; {format_datetime(came)}"]


def rerouted(text: str, luck: random.Random) -> str:
    """The same message as another of our addresses got it."""
    came = datetime(2026, 11, 11, 9, 59, tzinfo=timezone.utc)
    return "\r\n".join(["Delivered-To: info@hartwell-finch.example", *received(came, luck), text])
