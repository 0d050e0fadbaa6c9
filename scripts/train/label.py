"""What lines that people wrote on real forms say, by the network for open lines and a list of names.

    python3 label.py --weights ../../models/lines.onnx --lines a.bin b.bin --labels labels.csv \
        --names name-counts.csv --out texts.csv

The lines come from `cards lines`. A name of the list is taken where the line is likelier to be it than
any other, and a name that no list has where the line is clearly spelled and no listed name is
near; other lines are left out. harvest.py cuts characters out of what is labelled here, and is
surer of many a line than it was by itself: the network for lines has learned to pass over what is
printed. How many are right is measured on those of the labelled lines that training was checked with.
"""

import argparse
import csv

import numpy as np
import torch
from torch.nn import functional as F

from harvest import Names, folded, part_of
from lines import INDEX, lines, opened, read, spelled

# A listed name must be so much likelier than any other (logarithm of the odds).
MARGIN = 2.5
# What a name that no list has must explain the line better by, and how sure the network must be of
# the least likely of its characters.
UNLISTED = 6.0
CLEAR = 0.9


def explained(log, texts):
    """How likely the line is each of some texts: the logarithm, all paths together (Graves 2006)."""
    steps = torch.from_numpy(log).unsqueeze(1).expand(-1, len(texts), -1)
    targets = torch.tensor([INDEX[sign] for text in texts for sign in text], dtype=torch.long)
    lengths = torch.tensor([len(text) for text in texts])
    return -F.ctc_loss(steps, targets, torch.full((len(texts),), len(log)), lengths, reduction="none").numpy()


def surest(log):
    """How likely the least likely character of the line's spelling is."""
    best = log.argmax(1)
    likely = {}
    run = 0
    for at, one in enumerate(best):
        run += at > 0 and best[at - 1] != one
        if one:
            likely[run] = max(likely.get(run, 0.0), float(np.exp(log[at, one])))
    return min(likely.values(), default=0.0)


def label(log, names):
    """What the line says, or nothing."""
    text = spelled(log)
    if len(text) < 2:
        return None
    near = names.close(text)
    scores = explained(log, [names.names[at] for at in near] + [text])
    listed = scores[:-1] + names.prior[near]
    order = np.argsort(listed)[::-1]
    best = names.names[near[order[0]]]
    if best != text and scores[-1] - scores[order[0]] > UNLISTED:
        return text if surest(log) > CLEAR else None
    return best if listed[order[0]] - listed[order[1]] > MARGIN else None


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    for name in ("weights", "labels", "names", "out"):
        arguments.add_argument("--" + name, required=True)
    arguments.add_argument("--lines", nargs="+", required=True)
    asked = arguments.parse_args()
    torch.set_num_threads(1)
    labels = {row["file"]: folded(row["text"]) for row in csv.DictReader(open(asked.labels))}
    names, network = Names(asked.names), opened(asked.weights)
    some = [line for path in asked.lines for line in lines(path)]
    found, told, right, of = [], 0, 0, 0
    for line, log in zip(some, read(network, some)):
        if line.name in labels and part_of(line.name) != "check":
            continue
        text = label(log, names)
        if line.name in labels:
            of += 1
            told += text is not None
            right += text == labels[line.name]
        elif text:
            found.append((line.name, text))
    print(f"{len(some)} lines; {len(found)} without a label are told; of {of} to check with {told} told, {right} right")
    with open(asked.out, "w", newline="") as file:
        csv.writer(file).writerows([("file", "text"), *found])


if __name__ == "__main__":
    main()
