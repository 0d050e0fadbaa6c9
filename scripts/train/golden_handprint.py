"""What torch makes of drawn pictures by the weights in a file: for the test in src/engines/handprint.rs.

    python3 golden_handprint.py ../../models/handprint.onnx
"""

import sys

import torch
from torch.nn import functional as F

from handprint import CLASSES, SIDE, SIGNS, opened, planes

NAMES = [*SIGNS, "blank", "struck", "junk"]


def drawn(ink):
    return torch.tensor([[ink(x, y) for x in range(SIDE)] for y in range(SIDE)], dtype=torch.uint8)


def letter_l(x, y):
    return 230 if (8 <= x < 11 and 4 <= y < 28) or (25 <= y < 28 and 8 <= x < 24) else 0


def letter_t(x, y):
    return 255 if (4 <= y < 7 and 5 <= x < 27) or (15 <= x < 18 and 4 <= y < 28) else 0


def letter_x(x, y):
    return 200 if 4 <= y < 28 and (abs(x - y) <= 1 or abs(31 - x - y) <= 1) else 0


def dot(x, y):
    return 240 if 14 <= x < 18 and 14 <= y < 18 else 0


def main():
    network, _ = opened(sys.argv[1])
    network.eval()
    ink = torch.stack([drawn(shape) for shape in (letter_l, letter_t, letter_x, dot)])
    # The box around a letter; the dot stands at its foot.
    places = torch.tensor([[0, 0, 32, 32]] * 3 + [[2, 0, 30, 20]], dtype=torch.uint8)
    with torch.no_grad():
        shares = F.softmax(network(planes(ink, places)), 1)
    assert shares.shape == (4, CLASSES)
    for row in shares:
        best = row.argsort(descending=True)[:4]
        print("[" + ", ".join(f"({NAMES[at]!r}, {row[at]:.6f})" for at in best) + "]")


if __name__ == "__main__":
    main()
