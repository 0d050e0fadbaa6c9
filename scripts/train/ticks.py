"""Trains the network that judges boxes to tick, and writes it as ONNX.

    python3 ticks.py --train a.bin b.bin --check c.bin --out ../../models/ticks.onnx

The pictures come from `cards ticks` (examples/cards/ticks.rs): cut by the program's own
path from simulated sheets. Two CPU cores train it in about half an hour. The network is
small: three convolutions and two layers over 40 x 40 pixels; what it gives are the
logarithms of the odds of empty, marked, corrected and ambiguous.
"""

import argparse
import time

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn
from torch.nn import functional as F

from handprint import temperature

SIDE = 40
STATES = ["empty", "marked", "corrected", "ambiguous"]


def pictures(paths):
    """What each picture shows (0 to 3), its severity, and its ink as bytes."""
    records = [np.fromfile(path, np.uint8).reshape(-1, 2 + SIDE * SIDE) for path in paths]
    records = np.concatenate(records)
    ink = torch.from_numpy(records[:, 2:].copy()).view(-1, 1, SIDE, SIDE)
    return torch.from_numpy(records[:, 0].astype(np.int64)), records[:, 1], ink


class Network(nn.Module):
    """Three convolutions, each of which halves the picture, then two layers."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(1, 16, 5, stride=2, padding=2)
        self.second = nn.Conv2d(16, 24, 3, stride=2, padding=1)
        self.third = nn.Conv2d(24, 32, 3, padding=1)
        self.fourth = nn.Linear(32 * 5 * 5, 48)
        self.last = nn.Linear(48, len(STATES))

    def forward(self, x):
        x = F.relu(self.second(F.relu(self.first(x))))
        x = F.max_pool2d(F.relu(self.third(x)), 2)
        x = F.relu(self.fourth(F.dropout(x.flatten(1), 0.2, self.training)))
        return self.last(x)


def varied(x, rng):
    """Turned, scaled, shifted, thicker or thinner, fainter, speckled: what the simulator
    does not vary enough."""
    n = len(x)

    def draw(low, high):
        return torch.rand(n, generator=rng) * (high - low) + low

    turn, size = draw(-0.14, 0.14), draw(0.87, 1.15)
    wide, lean = draw(0.93, 1.07), draw(-0.1, 0.1)
    mirrored = torch.where(draw(0, 1) < 0.12, -1.0, 1.0)
    matrix = torch.stack([
        torch.stack([mirrored * torch.cos(turn) / size * wide, lean - torch.sin(turn), draw(-0.06, 0.06)], 1),
        torch.stack([torch.sin(turn), torch.cos(turn) / size, draw(-0.06, 0.06)], 1),
    ], 1)
    x = F.grid_sample(x, F.affine_grid(matrix, x.shape, align_corners=False), align_corners=False)
    thick, share = draw(0, 1).view(-1, 1, 1, 1), draw(0, 1).view(-1, 1, 1, 1)
    wider, thinner = F.max_pool2d(x, 3, 1, 1), -F.max_pool2d(-x, 3, 1, 1)
    x = torch.where(thick < 0.2, x + share * (wider - x), torch.where(thick < 0.35, x + 0.6 * share * (thinner - x), x))
    x = x * draw(0.6, 1.1).view(-1, 1, 1, 1)
    specks = torch.rand(x.shape, generator=rng) < (draw(0, 1) < 0.3).float().view(-1, 1, 1, 1) * 0.004
    return torch.clamp(torch.maximum(x, specks.float() * 0.9), 0, 1)


def odds(network, ink):
    network.eval()
    with torch.no_grad():
        return torch.cat([network(part.float() / 255) for part in ink.split(1024)])


def train(states, ink, check_states, check_ink, epochs, seed):
    torch.manual_seed(seed)
    rng = torch.Generator().manual_seed(seed)
    network = Network()
    optimiser = torch.optim.AdamW(network.parameters(), 2e-3, weight_decay=1e-3)
    batch = 256
    steps = epochs * (len(ink) // batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 4e-3, steps)
    began = time.time()
    for epoch in range(epochs):
        network.train()
        order = torch.randperm(len(ink), generator=rng)
        total = 0.0
        for part in order[: len(ink) // batch * batch].split(batch):
            loss = F.cross_entropy(
                network(varied(ink[part].float() / 255, rng)), states[part], label_smoothing=0.002)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            total += loss.item() * batch
        right = (odds(network, check_ink).argmax(1) == check_states).float().mean()
        print(f"{epoch + 1} of {epochs}: loss {total / len(ink):.4f}, right {right:.4%}, "
              f"{time.time() - began:.0f} s", flush=True)
    return network


def to_onnx(network, scale, path):
    """The network as a graph: a batch of pictures in, probabilities out."""
    weights = {name: value.detach().numpy() for name, value in network.state_dict().items()}
    weights["last.weight"] = weights["last.weight"] / scale
    weights["last.bias"] = weights["last.bias"] / scale
    tensors = [numpy_helper.from_array(value.astype(np.float32), name) for name, value in weights.items()]
    nodes, at = [], "pictures"
    for name, kernel, stride in (("first", 5, 2), ("second", 3, 2), ("third", 3, 1)):
        nodes += [
            helper.make_node("Conv", [at, f"{name}.weight", f"{name}.bias"], [f"{name}.sum"],
                             kernel_shape=[kernel] * 2, strides=[stride] * 2, pads=[kernel // 2] * 4),
            helper.make_node("Relu", [f"{name}.sum"], [name]),
        ]
        at = name
    nodes += [
        helper.make_node("MaxPool", [at], ["pooled"], kernel_shape=[2, 2], strides=[2, 2]),
        helper.make_node("Flatten", ["pooled"], ["flat"], axis=1),
        helper.make_node("Gemm", ["flat", "fourth.weight", "fourth.bias"], ["fourth.sum"], transB=1),
        helper.make_node("Relu", ["fourth.sum"], ["fourth"]),
        helper.make_node("Gemm", ["fourth", "last.weight", "last.bias"], ["odds"], transB=1),
        helper.make_node("Softmax", ["odds"], ["states"], axis=1),
    ]
    graph = helper.make_graph(
        nodes, "ticks",
        [helper.make_tensor_value_info("pictures", TensorProto.FLOAT, ["n", 1, SIDE, SIDE])],
        [helper.make_tensor_value_info("states", TensorProto.FLOAT, ["n", len(STATES)])],
        tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, path)


def report(log_odds, states, severities):
    probabilities = F.softmax(log_odds, 1)
    print("what it was against what it was taken for:")
    for state, name in enumerate(STATES):
        counts = torch.bincount(probabilities[states == state].argmax(1), minlength=4)
        print(f"  {name:10} {counts.tolist()}")
    drawn = torch.from_numpy(severities) <= 3
    for least in (0.9, 0.95, 0.98, 0.99, 0.995, 0.998):
        marked = probabilities[:, 1] >= least
        false = (marked & (states != 1) & drawn).sum().item()
        others = ((states != 1) & drawn).sum().item()
        kept = (marked & (states == 1) & drawn).sum().item() / ((states == 1) & drawn).sum().item()
        empty = probabilities[:, 0] >= least
        missed = (empty & (states == 1) & drawn).sum().item()
        empties = (empty & (states == 0) & drawn).sum().item() / ((states == 0) & drawn).sum().item()
        print(f"  from {least}: {false} of {others} taken for marked, {kept:.3%} of marked kept; "
              f"{missed} marked taken for empty, {empties:.3%} of empty kept")


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--train", nargs="+", required=True)
    arguments.add_argument("--check", nargs="+", required=True)
    arguments.add_argument("--out", required=True)
    arguments.add_argument("--epochs", type=int, default=12)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--threads", type=int, default=2)
    asked = arguments.parse_args()
    torch.set_num_threads(asked.threads)
    states, _, ink = pictures(asked.train)
    check_states, severities, check_ink = pictures(asked.check)
    print(f"{len(ink)} pictures to train on, {len(check_ink)} to check with", flush=True)
    network = train(states, ink, check_states, check_ink, asked.epochs, asked.seed)
    log_odds = odds(network, check_ink)
    scale = temperature(log_odds, check_states)
    print(f"temperature {scale:.3f}")
    report(log_odds / scale, check_states, severities)
    to_onnx(network, scale, asked.out)


if __name__ == "__main__":
    main()
