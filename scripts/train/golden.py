"""Prints what torch makes of four drawn pictures by the weights in models/ticks.onnx: the
numbers that the test in src/engines/ticks.rs expects.

    python3 golden.py ../../models/ticks.onnx
"""

import sys

import onnx
import torch
from onnx import numpy_helper
from torch.nn import functional as F

SIDE = 40


def picture(ink):
    return torch.tensor([[float(ink(x, y)) for x in range(SIDE)] for y in range(SIDE)]) / 255


def tick(x, y):
    down = 10 <= x < 18 and abs(y - (2 + x)) <= 1
    up = 18 <= x <= 32 and abs(37 - x - y) <= 1
    return 230 if down or up else 0


def stroke(x, y):
    return 255 if 3 <= x < 37 and abs(y - 20 - (x - 20) // 8) <= 1 else 0


def dot(x, y):
    return 140 if 22 <= x < 25 and 25 <= y < 29 else 0


PICTURES = [tick, lambda x, y: max(tick(x, y), stroke(x, y)), dot, lambda x, y: 0]


def states(weights, x):
    def layer(name):
        return weights[f"{name}.weight"], weights[f"{name}.bias"]

    x = F.relu(F.conv2d(x, *layer("first"), stride=2, padding=2))
    x = F.relu(F.conv2d(x, *layer("second"), stride=2, padding=1))
    x = F.max_pool2d(F.relu(F.conv2d(x, *layer("third"), padding=1)), 2)
    x = F.relu(F.linear(x.flatten(1), *layer("fourth")))
    return F.softmax(F.linear(x, *layer("last")), 1)


def main():
    tensors = onnx.load(sys.argv[1]).graph.initializer
    weights = {tensor.name: torch.from_numpy(numpy_helper.to_array(tensor).copy()) for tensor in tensors}
    pictures = torch.stack([picture(ink) for ink in PICTURES]).unsqueeze(1)
    for row in states(weights, pictures).tolist():
        print("            [" + ", ".join(f"{value:.6f}" for value in row) + "],")


if __name__ == "__main__":
    main()
