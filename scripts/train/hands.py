"""How many capitals of hands that nothing was trained on are read: `pen-capitals.npz`.

    python3 hands.py ../../models/handprint.onnx ../../../shared/data/handprint/pen-capitals.npz

No card is simulated here: each image is brought to the size that the program brings writing to,
in the middle of a box, and the likeliest of 26 letters counts.
"""

import sys
from collections import Counter

import numpy as np
import torch
from torch.nn import functional as F

from handprint import SIDE, SIGNS, opened, planes

# As src/imaging/glyph.rs: the picture is this much larger than the ink.
AROUND = 1.25
INK = 90


def brought_to_size(image):
    rows, columns = np.where(image >= INK)
    top, bottom, left, right = rows.min(), rows.max() + 1, columns.min(), columns.max() + 1
    length = max(bottom - top, right - left) * AROUND
    middle = ((left + right) / 2, (top + bottom) / 2)
    size = image.shape[0]
    scale = length / size
    shift = [2 * middle[0] / size - 1, 2 * middle[1] / size - 1]
    grid = F.affine_grid(torch.tensor([[[scale, 0, shift[0]], [0, scale, shift[1]]]], dtype=torch.float32),
                         (1, 1, SIDE, SIDE), align_corners=False)
    picture = torch.from_numpy(image.astype(np.float32)).view(1, 1, size, size)
    return F.grid_sample(picture, grid, align_corners=False)[0, 0].clamp(0, 255).to(torch.uint8)


def main():
    data = np.load(sys.argv[2])
    images, labels, doubtful = data["images"], data["labels"].astype(int), data["doubtful"].astype(bool)
    ink = torch.stack([brought_to_size(image) for image in images])
    places = torch.tensor([[0, 0, SIDE, SIDE]] * len(ink), dtype=torch.uint8)
    network, _ = opened(sys.argv[1])
    network.eval()
    with torch.no_grad():
        odds = torch.cat([network(planes(*some)) for some in zip(ink.split(512), places.split(512))])
    read = odds[:, :26].argmax(1).numpy()
    for name, some in (("all", np.ones(len(labels), bool)), ("not doubtful", ~doubtful)):
        right = (read == labels)[some]
        spread = 1.96 * (right.mean() * (1 - right.mean()) / len(right)) ** 0.5
        print(f"{name}: {right.mean():.2%} of {len(right)} (within {spread:.2%})")
    wrong = Counter(f"{SIGNS[label]} as {SIGNS[sign]}" for label, sign, d in zip(labels, read, doubtful) if label != sign and not d)
    print("most often:", ", ".join(f"{what} {count}" for what, count in wrong.most_common(12)))


if __name__ == "__main__":
    main()
