"""Writes the small model that the tests of the classifier read, and what it says of some texts.

    target/train/topics-venv/bin/python scripts/train/golden_topics.py tests/golden/topics

The texts are put together from made-up halves by lot: they are for tests and train nothing that ships.
"""

import csv
import json
import os
import subprocess
import sys

import numpy as np

import topics

HALVES = {
    "goods": (
        ["the hinge squeaks", "its lid wobbles", "the lamp flickers", "one drawer sticks", "the handle is loose", "the motor hums"],
        ["whenever somebody sits down", "after a week on the shelf", "as soon as the kettle is on", "and the paint comes off", "though we oil it each evening"],
    ),
    "delivery": (
        ["the box sits behind the hedge", "somebody up the street has it", "it lay beneath the bench", "the dog found it there", "it stood at the corner"],
        ["on the day that was agreed", "and the gate stood open", "while we looked out for it", "though the path was swept", "on our way to the next village"],
    ),
    "billing": (
        ["the figures do not add up", "the total is higher than we agreed", "the sum went out twice over", "the bank shows another amount", "the credit never reached us"],
        ["on the sheet for March", "though the clerk said it would", "and the bank knows nothing of it", "as the enclosed copy shows", "and we are twelve pounds short"],
    ),
}
# One for each topic, one between two, one with accents, an apostrophe and figures, one that says nothing.
ASKED = [
    "The hinge squeaks and the lid wobbles whenever somebody sits down, after a week on the shelf.",
    "The box sits behind the hedge on the day that was agreed, and somebody up the street has it though the path was swept.",
    "The total is higher than we agreed, as the enclosed copy shows; the bank knows nothing of it.",
    "The lamp flickers and it stood at the corner, and the figures do not add up on the sheet.",
    "Café: the dog's box sits behind THE hedge, 27 days, and it stood at the corner on the day that wasn’t agreed.",
    "Quartz sphinx.",
]


def made_up(seed):
    dice = np.random.default_rng(seed)
    for topic, (firsts, seconds) in HALVES.items():
        texts = set()
        while len(texts) < 60:
            # Now and then the second half is about something else, so that not all is sure.
            other = HALVES[dice.choice(list(HALVES))] if dice.random() < 0.5 else (firsts, seconds)
            one, three, two, four = (dice.choice(halves) for halves in (firsts, seconds, *other))
            texts.add(f"{one.capitalize()} {three}, and {two} {four}.")
        yield from ((text, topic) for text in sorted(texts))


def main():
    folder = sys.argv[1]
    table, model = os.path.join(folder, "texts.csv"), os.path.join(folder, "topics.model")
    with open(table, "w", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["text", "topic"])
        rows.writerows(made_up(1))
    subprocess.run([sys.executable, topics.__file__, table, model, "--right", "0.95"], check=True)
    os.remove(table)
    os.remove(model + ".md")
    with open(model, "rb") as file:
        told = topics.probabilities(file.read(), ASKED)
    with open(os.path.join(folder, "expected.json"), "w") as file:
        json.dump([{"text": text, "probabilities": t} for text, t in zip(ASKED, told)], file, indent=1, ensure_ascii=False)
        file.write("\n")


if __name__ == "__main__":
    main()
