"""Fits what turns a field's posterior into a probability: models/calibration.toml.

    python3 calibrate.py --model DIGEST --out ../../models/calibration.toml readings.jsonl...

The readings come from `cards read --check`: cards filled in with images that no network was
trained on, and that nothing is measured with. For each kind of field a logistic model on five
signs (src/acceptance/calibration.rs), by Newton's method, with a weak penalty; surer signs
never make a reading less sure.
"""

import argparse
import json
from collections import defaultdict

import numpy as np

NAMES = ["bias", "joint", "margin", "weakest", "residual", "changed"]
# Weights of the signs that may only speak for a reading.
FOR = [1, 2, 3]
# A kind with fewer readings, or fewer wrong ones, keeps its posterior.
LEAST, LEAST_WRONG = 500, 10
PENALTY = 2.0


def fitted(signs, right):
    """The weights; the penalty draws them to the posterior as it is."""
    prior = np.array([0, 1, 0, 0, 0, 0], float)
    free = list(range(len(NAMES)))

    def loss(weights):
        odds = x @ weights
        return np.logaddexp(0, np.where(right > 0, -odds, odds)).sum() + PENALTY / 2 * ((weights - prior) ** 2).sum()

    x = np.hstack([np.ones((len(signs), 1)), signs])
    while True:
        weights = prior.copy()
        weights[[at for at in range(len(NAMES)) if at not in free]] = 0
        for _ in range(100):
            p = 1 / (1 + np.exp(-x @ weights))
            gradient = x.T @ (right - p) - PENALTY * (weights - prior)
            hessian = (x * (p * (1 - p))[:, None]).T @ x + PENALTY * np.eye(len(NAMES))
            step = np.zeros(len(NAMES))
            step[free] = np.linalg.solve(hessian[np.ix_(free, free)], gradient[free])
            # Newton's step is too long where nearly all readings are sure.
            while loss(weights + step) > loss(weights) and np.abs(step).max() > 1e-9:
                step /= 2
            weights = weights + step
            if np.abs(step).max() < 1e-7:
                break
        against = [at for at in FOR if at in free and weights[at] < 0]
        if not against:
            return weights
        free.remove(min(against, key=lambda at: weights[at]))


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("readings", nargs="+")
    arguments.add_argument("--model", required=True)
    arguments.add_argument("--out", required=True)
    asked = arguments.parse_args()
    of_kind = defaultdict(list)
    for path in asked.readings:
        for line in open(path):
            for field in json.loads(line).get("fields", []):
                if field["value"] is not None and not field["printed"]:
                    of_kind[field["kind"]].append((field["signs"], field["right"]))
    lines = [
        "# What turns the posterior of a field into a probability that is as often right as it says:",
        "# the weights of a logistic model for each kind of field. scripts/train/calibrate.py writes this",
        "# file; src/acceptance/calibration.rs says what the weights belong to.",
        "",
        f'model = "{asked.model}"',
    ]
    for kind, readings in sorted(of_kind.items()):
        signs = np.array([signs for signs, _ in readings])
        right = np.array([right for _, right in readings], float)
        wrong = int(len(right) - right.sum())
        if len(readings) < LEAST or wrong < LEAST_WRONG:
            print(f"{kind}: {len(readings)} readings, {wrong} wrong: too few")
            continue
        weights = fitted(signs, right)
        lines += ["", f"# {len(readings)} readings, {wrong} of them wrong.", "[[kind]]", f'kind = "{kind}"']
        lines += [f"{name} = {weight:.4f}" for name, weight in zip(NAMES, weights)]
        print(f"{kind}: {len(readings)} readings, {wrong} wrong:", dict(zip(NAMES, weights.round(3).tolist())))
    open(asked.out, "w").write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
