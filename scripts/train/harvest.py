"""Characters out of lines that people wrote on real forms, to train with.

    python3 harvest.py --weights w.pt --labelled a.bin --labels labels.csv --unlabelled b.bin \
        --names name-counts.csv --out FOLDER [--texts texts.csv]

The lines come from `cards crops` in pieces (examples/cards/crops.rs). A line with a label is
aligned to it; so is one that label.py told, by the network for whole lines; another is read
against the list of names, and kept when one name is surely it. Half of the labelled lines, by a hash of their name, are held out: they are never trained
with; a third of these is to check and calibrate with, the others are to measure with. Written are,
for the parts `train`, `check` and `test`, `strips-PART.bin` (records as of `cards glyphs`: the
characters, and what is none: printed words, parts of characters, two together), and
`crops-PART.bin`, with which the simulator fills in cards; and `lines.csv`, what each line to train
with says. Of the held-out characters all were
looked at, without what the network says of them; unfit.csv names those that are no whole
character, blots, or not what the label says, and they are left out.
"""

import argparse
import csv
import hashlib
import re
from pathlib import Path

import numpy as np
import torch

from handprint import BLANK, JUNK, SIDE, SIGNS, opened, planes

INDEX = {sign: at for at, sign in enumerate(SIGNS)}
# What a piece costs that is passed over: how rarely one is there that is none of the writer's,
# and at most this where the network does not say that it is junk.
DIRT = -4.6
PASSED = -9.0
# A name must be so much likelier than any other, and each character at least so likely.
MARGIN = 4.0
LEAST = -1.5
# And so likely in the mean where a label says what they are.
ALIGNED = -0.8
# Characters of the severity that strips are recorded as.
STRIP = 5
# A line that no listed name surely is, is taken as it reads when each character is so likely.
CLEAR = -0.03
# Held-out characters that are none: file and place in its name, from 1.
UNFIT = {
    (row["file"], int(row["place"]))
    for row in csv.DictReader(open(Path(__file__).with_name("unfit.csv")))
}
# Names that are looked at more closely for one line.
CLOSE = 60
# What is printed on the forms, and stands in the list as a name now and then.
PRINTED = {"NOM", "PRENOM", "EMPTY"}
# What may be printed before a name, each with the logarithm of how often it is.
PROMPTS = {"": np.log(0.5), "NOM": np.log(0.25), "PRENOM": np.log(0.25)}
# A reading with one of them, or what is left of it where something else is printed over its
# beginning: only which names are looked at hangs on this.
PROMPTED = re.compile("^.{0,5}?(NOM|N[QCDU]M|[MAW]OM|NM|ENO)")


class Line:
    """One line: its pieces, and every run of them that may be a character."""

    def __init__(self, name, pieces, gaps, runs, places, ink):
        self.name, self.pieces, self.gaps = name, pieces, gaps
        self.runs, self.places, self.ink = runs, places, ink
        self.log = None


def lines(path):
    """The lines of a file of `cards crops`."""
    data, at, found = Path(path).read_bytes(), 0, []
    while at < len(data):
        length = data[at]
        name = data[at + 1 : at + 1 + length].decode()
        at += 1 + length
        pieces = data[at]
        gaps = np.frombuffer(data, "<i2", pieces, at + 1) / 100
        at += 1 + 2 * pieces
        count = int.from_bytes(data[at : at + 2], "little")
        size = 6 + SIDE * SIDE
        records = np.frombuffer(data, np.uint8, count * size, at + 2).reshape(count, size)
        at += 2 + count * size
        found.append(Line(name, pieces, gaps, records[:, :2].astype(int), records[:, 2:6], records[:, 6:]))
    return found


def read(network, all_lines, shown):
    """What the network makes of every run, the shares that it was trained with divided out."""
    network.eval()
    with torch.no_grad():
        for first in range(0, len(all_lines), 200):
            some = [line for line in all_lines[first : first + 200] if len(line.runs)]
            if not some:
                continue
            ink = torch.from_numpy(np.concatenate([line.ink for line in some])).view(-1, SIDE, SIDE)
            places = torch.from_numpy(np.concatenate([line.places for line in some]))
            log = network(planes(ink, places)) - torch.log(shown)
            log = torch.log_softmax(log, 1).numpy()
            for line in some:
                line.log, log = log[: len(line.runs)], log[len(line.runs) :]


def aligned(line, names):
    """How well each name (rows of classes, -1 behind its end) explains the line, and how it does."""
    count, most = names.shape
    worst = -1e9
    single = {int(a): DIRT + line.log[at, JUNK] for at, (a, b) in enumerate(line.runs) if b == a + 1}
    passed = np.array([max(single.get(piece, PASSED), PASSED) for piece in range(line.pieces)])
    score = np.full((most + 1, line.pieces + 1, count), worst)
    back = np.full((most + 1, line.pieces + 1, count), -1, int)
    score[0, 0] = 0
    for done in range(most + 1):
        for piece in range(line.pieces):
            # Passing a piece over.
            over = score[done, piece] + passed[piece]
            better = over > score[done, piece + 1]
            score[done, piece + 1] = np.where(better, over, score[done, piece + 1])
            back[done, piece + 1][better] = -2
        if done == most:
            break
        signs = names[:, done]
        there = signs >= 0
        for at, (start, end) in enumerate(line.runs):
            new = np.where(there, score[done, start] + line.log[at][np.maximum(signs, 0)], worst)
            better = new > score[done + 1, end]
            score[done + 1, end] = np.where(better, new, score[done + 1, end])
            back[done + 1, end][better] = at
    lengths = (names >= 0).sum(1)
    return score[lengths, line.pieces, np.arange(count)], back, lengths


def way(line, back, lengths, which):
    """The runs that a name's characters are: [(run, place in the name)]."""
    done, piece, path = int(lengths[which]), line.pieces, []
    while piece > 0:
        step = back[done, piece, which]
        if step == -2:
            piece -= 1
        elif step >= 0:
            path.append((int(step), done - 1))
            piece, done = int(line.runs[step][0]), done - 1
        else:
            return None
    return path[::-1] if done == 0 else None


def freely(line):
    """The likeliest reading without any list: characters and the runs that they are."""
    best, through = [0.0] + [-1e9] * line.pieces, [None] * (line.pieces + 1)
    for piece in range(line.pieces):
        for at, (start, end) in enumerate(line.runs):
            if start != piece:
                continue
            sign = int(line.log[at][:26].argmax())
            value = best[piece] + line.log[at][sign]
            if value > best[end]:
                best[end], through[end] = value, (at, sign)
        single = [at for at, (a, b) in enumerate(line.runs) if a == piece and b == piece + 1]
        junk = max([DIRT + line.log[at][JUNK] for at in single] + [PASSED])
        if best[piece] + junk > best[piece + 1]:
            best[piece + 1], through[piece + 1] = best[piece] + junk, (None, None)
    path, piece = [], line.pieces
    while piece > 0:
        at, sign = through[piece]
        if at is None:
            piece -= 1
        else:
            path.append((at, sign))
            piece = int(line.runs[at][0])
    return path[::-1]


class Names:
    """The list of names, ready to be compared."""

    def __init__(self, path):
        counts = {}
        for row in csv.DictReader(open(path)):
            name = folded(row["name"])
            if len(name) > 1 and name not in PRINTED:
                counts[name] = counts.get(name, 0) + int(row["count"])
        self.names = sorted(counts)
        self.prior = np.log([counts[name] + 0.0 for name in self.names])
        self.prior -= np.log(sum(counts.values()))
        self.rows = encoded(self.names)
        self.bags = np.stack([np.bincount([INDEX[c] for c in name], minlength=len(SIGNS)) for name in self.names])

    def close(self, text):
        """Those with the most characters in common."""
        bag = np.bincount([INDEX[c] for c in text], minlength=len(SIGNS)) if text else np.zeros(len(SIGNS), int)
        off = np.abs(self.bags - bag).sum(1)
        return np.argsort(off, kind="stable")[:CLOSE]


def folded(text):
    """As written in boxes: capitals, and what the network knows."""
    return "".join(sign for sign in text.upper() if sign in INDEX)


def encoded(names):
    most = max(map(len, names))
    rows = np.full((len(names), most), -1)
    for at, name in enumerate(names):
        rows[at, : len(name)] = [INDEX[sign] for sign in name]
    return rows


def best_of(line, names):
    """How well each name explains the line, whatever is printed before it; and of the best of
    them the runs of its characters and those of the prompt."""
    prompted = encoded([prompt + name for name in names for prompt in PROMPTS])
    scores, back, lengths = aligned(line, prompted)
    scores = scores.reshape(len(names), -1) + np.array(list(PROMPTS.values()))
    which = int(scores.argmax())
    path = way(line, back, lengths, which)
    printed = len(list(PROMPTS)[which % len(PROMPTS)])
    split = path and ([(run, place - printed) for run, place in path[printed:]], [run for run, _ in path[:printed]])
    return scores.max(1), split


def surely(line, names):
    """The one name that the line is, its runs and those of a prompt; none when it may be another."""
    free = freely(line)
    text = "".join(SIGNS[sign] for _, sign in free)
    prompt = PROMPTED.match(text)
    if not prompt and len(text) > 2 and all(line.log[run][sign] > CLEAR for run, sign in free):
        return text, [(run, place) for place, (run, _) in enumerate(free)], []
    near = names.close(text[prompt.end() :] if prompt else text)
    # The best as far as explaining goes need not be the likeliest name: each is asked.
    scores, _ = best_of(line, [names.names[at] for at in near])
    scores = scores + names.prior[near]
    order = np.argsort(scores)[::-1]
    if scores[order[0]] - scores[order[1]] < MARGIN:
        return None
    name = names.names[near[order[0]]]
    _, split = best_of(line, [name])
    if not split or any(line.log[run][INDEX[name[place]]] < LEAST for run, place in split[0]):
        return None
    return name, *split


def aligns(line, name):
    """The runs that a label's characters are, and those of a prompt; none where the line cannot be it: the
    label is wrong, or the line was cut badly."""
    _, split = best_of(line, [name])
    logs = [line.log[run][INDEX[name[place]]] for run, place in split[0]] if split else []
    return split if split and np.mean(logs) > ALIGNED else None


def records(line, name, path, prompt, rng):
    """What there is to learn from an aligned line: its characters, and what is none."""
    used = {run: name[place] for run, place in path}
    spans = [tuple(line.runs[run]) for run in used]
    found, first = [], min(start for start, _ in spans)
    bad = {run for run, place in path if (line.name, place + 1) in UNFIT}
    for at, (start, end) in enumerate(line.runs):
        if at in bad:
            continue
        if at in used:
            found.append((INDEX[used[at]], at))
            continue
        whole = [span for span in spans if span[0] < end and start < span[1]]
        # A part of a character, two together, or printed: but not one whose parts were merely
        # cut off, which still looks like the character.
        part = any(span[0] <= start and end <= span[1] for span in whole)
        if not (part and rng.random() < 0.5) and not (prompt and end <= first):
            found.append((JUNK, at))
    rng.shuffle(found)
    junk = [one for one in found if one[0] == JUNK][: max(2, len(used) // 2)]
    return [one for one in found if one[0] != JUNK] + junk + [(JUNK, run) for run in prompt]


def record(line, label, run):
    return np.concatenate([np.array([label, STRIP], np.uint8), line.places[run], line.ink[run]])


def part_of(name):
    """Half of the labelled lines are never trained with."""
    first, second = hashlib.sha256(name.encode()).digest()[:2]
    return "train" if first % 2 else "check" if second % 3 == 0 else "test"


def write(out, part, found):
    rng = np.random.default_rng(7)
    strips, crops = [], bytearray()
    for line, name, path, prompt in found:
        for label, run in records(line, name, path, prompt, rng):
            strips.append(record(line, label, run))
            if label < BLANK:
                crops += bytes([ord(SIGNS[label]), SIDE, SIDE]) + line.ink[run].tobytes()
    np.stack(strips).tofile(out / f"strips-{part}.bin")
    (out / f"crops-{part}.bin").write_bytes(crops)
    counts = np.bincount([strip[0] for strip in strips], minlength=len(SIGNS) + 3)
    print(part, len(found), "lines;", {sign: int(counts[at]) for sign, at in INDEX.items() if at < 26},
          "junk", int(counts[JUNK]))


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    for name in ("weights", "labelled", "labels", "unlabelled", "names", "out"):
        arguments.add_argument("--" + name, required=True)
    arguments.add_argument("--texts", help="what label.py makes of the unlabelled lines")
    arguments.add_argument("--some", type=int, help="only so many of the unlabelled")
    asked = arguments.parse_args()
    torch.set_num_threads(1)
    network, shown = opened(asked.weights)
    labels = {row["file"]: folded(row["text"]) for row in csv.DictReader(open(asked.labels))}
    texts = {}
    if asked.texts:
        texts = {row["file"]: row["text"] for row in csv.DictReader(open(asked.texts))}
    names, out = Names(asked.names), Path(asked.out)
    found = {"train": [], "check": [], "test": []}
    labelled = lines(asked.labelled)
    read(network, labelled, shown)
    for line in labelled:
        name = labels.get(line.name, "")
        if not name or name == "EMPTY" or not len(line.runs):
            continue
        split = aligns(line, name)
        if split:
            found[part_of(line.name)].append((line, name, *split))
    print(f"{len(labelled)} labelled, aligned", {part: len(some) for part, some in found.items()}, flush=True)
    unlabelled = lines(asked.unlabelled)[: asked.some]
    read(network, unlabelled, shown)
    told = sure = 0
    for line in unlabelled:
        text = texts.get(line.name)
        split = aligns(line, text) if text and len(line.runs) else None
        one = (text, *split) if split else surely(line, names) if len(line.runs) else None
        if one:
            found["train"].append((line, *one))
            told += split is not None
            sure += split is None
    print(f"{len(unlabelled)} unlabelled, {told} told by label.py, {sure} surely read", flush=True)
    for part, some in found.items():
        write(out, part, some)
    with open(out / "lines.csv", "w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["file", "text"])
        table.writerows((line.name, name) for line, name, *_ in found["train"])


if __name__ == "__main__":
    main()
