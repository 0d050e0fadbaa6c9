"""What torch makes of a drawn line by the weights in a file: for the test in src/engines/line_reader.rs.

    python3 golden_lines.py ../../models/lines.onnx
"""

import sys

import torch
from torch.nn import functional as F

from lines import ROWS, SIGNS, opened

WIDTH = 64


def ink(x, y):
    """An L and a T of 16 rows."""
    l = 12 <= x < 14 and 16 <= y < 32 or 30 <= y < 32 and 12 <= x < 22
    t = 16 <= y < 18 and 36 <= x < 48 or 41 <= x < 43 and 16 <= y < 32
    return 255 if l or t else 0


def main():
    network = opened(sys.argv[1])
    network.eval()
    picture = torch.tensor([[ink(x, y) for x in range(WIDTH)] for y in range(ROWS)]).float() / 255
    with torch.no_grad():
        shares = F.softmax(network(picture.view(1, 1, ROWS, WIDTH)), 1)[0].T
    for step, row in enumerate(shares):
        best = row.argsort(descending=True)[:2]
        names = [("none", *SIGNS)[at] for at in best]
        print(f"[{', '.join(f'({name!r}, {row[at]:.6f})' for name, at in zip(names, best))}], // {step}")


if __name__ == "__main__":
    main()
