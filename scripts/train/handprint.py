"""Trains the network that reads handprint, one box at a time, and writes it as ONNX.

    python3 handprint.py --train a.bin b.bin --check c.bin --out ../../models/handprint.onnx

The pictures come from `cards glyphs` (examples/cards/glyphs.rs), cut by the program's own
path from simulated cards, and from harvest.py, out of lines on real forms. The network sees
the ink of a box and where the box lies around it, 32 x 32 each; what it gives are the
logarithms of the odds of 43 characters, nothing, struck out, and junk. `--start` goes on from
weights that an earlier round saved with `--weights`, or from the network that ships.
"""

import argparse
import time
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn
from torch.nn import functional as F
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

SIDE = 32
SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-'.@_/&"
BLANK, STRUCK, JUNK = range(len(SIGNS), len(SIGNS) + 3)
CLASSES = len(SIGNS) + 3
RECORD = 6 + SIDE * SIDE
# What is kept of the running mean of the weights at each step (Polyak and Juditsky 1992).
KEPT = 0.998


class Pictures:
    """Records of files: class, severity, the box's place, the ink."""

    def __init__(self, paths):
        records = [np.fromfile(path, np.uint8).reshape(-1, RECORD) for path in paths]
        records = np.concatenate(records) if len(records) > 1 else records[0]
        self.labels = torch.from_numpy(records[:, 0].astype(np.int64))
        self.severities = records[:, 1]
        self.places = torch.from_numpy(records[:, 2:6].copy())
        self.ink = torch.from_numpy(records[:, 6:].copy()).view(-1, SIDE, SIDE)

    def __len__(self):
        return len(self.labels)

    def inputs(self, at):
        """The two planes of some of them, of 1."""
        return planes(self.ink[at], self.places[at])


def planes(ink, places):
    """The ink, and 1 where the box is."""
    left, top, right, bottom = (places[:, side].view(-1, 1) for side in range(4))
    along = torch.arange(SIDE).view(1, -1)
    across = ((along >= left) & (along < right)).float()
    down = ((along >= top) & (along < bottom)).float()
    box = down.unsqueeze(2) * across.unsqueeze(1)
    return torch.stack([ink.float() / 255, box], 1)


class Network(nn.Module):
    """Six convolutions and two layers."""

    # Name, planes in, planes out, kernel, stride.
    CONVOLUTIONS = [
        ("first", 2, 40, 5, 1), ("second", 40, 64, 3, 1), ("third", 64, 96, 3, 2),
        ("fourth", 96, 128, 3, 1), ("fifth", 128, 128, 3, 1), ("sixth", 128, 192, 3, 1),
    ]
    # After these the maximum over 2 x 2 is taken.
    POOLED = {"first", "fifth", "sixth"}

    def __init__(self):
        super().__init__()
        for name, into, out, kernel, stride in self.CONVOLUTIONS:
            setattr(self, name, nn.Conv2d(into, out, kernel, stride, kernel // 2, bias=False))
            setattr(self, name + "_norm", nn.BatchNorm2d(out))
        self.seventh = nn.Linear(192 * 2 * 2, 256)
        self.last = nn.Linear(256, CLASSES)

    def forward(self, x):
        for name, *_ in self.CONVOLUTIONS:
            x = F.relu(getattr(self, name + "_norm")(getattr(self, name)(x)))
            if name in self.POOLED:
                x = F.max_pool2d(x, 2)
        x = F.relu(self.seventh(F.dropout(x.flatten(1), 0.25, self.training)))
        return self.last(F.dropout(x, 0.15, self.training))


def opened(path):
    """A network, and how often each class was shown to it, from weights or from a file as it ships."""
    network = Network()
    if not str(path).endswith(".onnx"):
        saved = torch.load(path)
        shown = saved.pop("shown")
        network.load_state_dict(saved)
        return network, shown
    tensors = onnx.load(path).graph.initializer
    weights = {tensor.name: torch.from_numpy(numpy_helper.to_array(tensor).copy()) for tensor in tensors}
    with torch.no_grad():
        for name, *_ in Network.CONVOLUTIONS:
            norm = getattr(network, name + "_norm")
            getattr(network, name).weight.copy_(weights[name + ".weight"])
            norm.weight.fill_((1 + norm.eps) ** 0.5)
            norm.bias.copy_(weights[name + ".bias"])
        for name in ("seventh", "last"):
            getattr(network, name).weight.copy_(weights[name + ".weight"])
            getattr(network, name).bias.copy_(weights[name + ".bias"])
    # The shares are divided out already.
    return network, torch.full((CLASSES,), 1 / CLASSES)


def unfolded(network, pictures, count=4096):
    """Gives the normalisation what was folded out of it, by some pictures: the network says the same."""
    network.eval()
    x = pictures.inputs(torch.arange(len(pictures))[:: max(1, len(pictures) // count)])
    with torch.no_grad():
        for name, *_ in Network.CONVOLUTIONS:
            x, norm = getattr(network, name)(x), getattr(network, name + "_norm")
            mean, variance = x.mean((0, 2, 3)), x.var((0, 2, 3))
            norm.bias.add_(mean - norm.running_mean)
            norm.weight.copy_(torch.sqrt(variance + norm.eps))
            norm.running_mean.copy_(mean)
            norm.running_var.copy_(variance)
            x = F.relu(norm(x))
            x = F.max_pool2d(x, 2) if name in Network.POOLED else x


def varied(x, rng):
    """Turned, scaled, sheared, bent, thicker or thinner, fainter, speckled."""
    n = len(x)

    def draw(low, high):
        return torch.rand(n, generator=rng) * (high - low) + low

    turn, size, wide = draw(-0.2, 0.2), draw(0.82, 1.15), draw(0.85, 1.18)
    lean = draw(-0.28, 0.28)
    cos, sin = torch.cos(turn), torch.sin(turn)
    matrix = torch.stack([
        torch.stack([cos / size * wide, lean - sin, draw(-0.08, 0.08)], 1),
        torch.stack([sin, cos / size, draw(-0.08, 0.08)], 1),
    ], 1)
    grid = F.affine_grid(matrix, x.shape, align_corners=False)
    # Elastic: a coarse field of displacements, smoothly enlarged (Simard 2003).
    bend = torch.randn(n, 2, 4, 4, generator=rng) * draw(0.0, 0.07).view(-1, 1, 1, 1)
    bend = F.interpolate(bend, size=(SIDE, SIDE), mode="bicubic", align_corners=False)
    x = F.grid_sample(x, grid + bend.permute(0, 2, 3, 1), padding_mode="border", align_corners=False)
    ink, box = x[:, :1], x[:, 1:]
    pick, share = draw(0, 1).view(-1, 1, 1, 1), draw(0, 1).view(-1, 1, 1, 1)
    wider, thinner = F.max_pool2d(ink, 3, 1, 1), -F.max_pool2d(-ink, 3, 1, 1)
    ink = torch.where(pick < 0.25, ink + share * (wider - ink),
                      torch.where(pick < 0.45, ink + 0.7 * share * (thinner - ink), ink))
    blurred = F.avg_pool2d(ink, 3, 1, 1)
    ink = torch.where((pick > 0.7) & (pick < 0.85), blurred, ink)
    ink = ink * draw(0.55, 1.1).view(-1, 1, 1, 1)
    specks = torch.rand(ink.shape, generator=rng) < (draw(0, 1) < 0.2).float().view(-1, 1, 1, 1) * 0.006
    return torch.cat([torch.clamp(torch.maximum(ink, specks.float() * 0.9), 0, 1), box], 1)


def odds(network, pictures, part=2048):
    network.eval()
    with torch.no_grad():
        return torch.cat([network(pictures.inputs(at)) for at in torch.arange(len(pictures)).split(part)])


def knows_bfloat16():
    flags = Path("/proc/cpuinfo")
    return flags.exists() and "avx512_bf16" in flags.read_text()


def train(pictures, check, asked):
    torch.manual_seed(asked.seed)
    rng = torch.Generator().manual_seed(asked.seed)
    # Channels last, and in half the bits where the processor knows bfloat16: three times as fast
    # there, and ten times as slow elsewhere.
    half = knows_bfloat16()
    network, _ = opened(asked.start) if asked.start else (Network(), None)
    if asked.start and asked.start.endswith(".onnx"):
        unfolded(network, pictures)
    network = network.to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(network.parameters(), 2e-3, weight_decay=2e-2)
    batch = 256
    steps = asked.epochs * (len(pictures) // batch)
    averaged = AveragedModel(network, multi_avg_fn=get_ema_multi_avg_fn(KEPT), use_buffers=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, asked.rate, steps, pct_start=0.15)
    began = time.time()
    for epoch in range(asked.epochs):
        network.train()
        order = torch.randperm(len(pictures), generator=rng)
        total = 0.0
        for part in order[: len(pictures) // batch * batch].split(batch):
            seen = varied(pictures.inputs(part), rng).contiguous(memory_format=torch.channels_last)
            with torch.autocast("cpu", torch.bfloat16, enabled=half):
                log_odds = network(seen)
            loss = F.cross_entropy(log_odds.float(), pictures.labels[part], label_smoothing=0.01)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            averaged.update_parameters(network)
            total += loss.item() * batch
        right = (odds(averaged.module, check).argmax(1) == check.labels).float().mean()
        print(f"{epoch + 1} of {asked.epochs}: loss {total / len(pictures):.4f}, right {right:.3%}, "
              f"{time.time() - began:.0f} s", flush=True)
        if asked.weights:
            torch.save({**averaged.module.state_dict(), "shown": shares(pictures)}, asked.weights)
    return averaged.module


def temperature(log_odds, labels):
    """What the odds are divided by so that the probabilities are as often right as they say."""
    scale = torch.zeros(1, requires_grad=True)
    optimiser = torch.optim.LBFGS([scale], max_iter=60)

    def step():
        optimiser.zero_grad()
        loss = F.cross_entropy(log_odds / scale.exp(), labels)
        loss.backward()
        return loss

    optimiser.step(step)
    return scale.exp().item()


# Of the boxes on practice sheets so many are blank (examples/cards/sim/practice.rs); of most of
# these there is no picture, since there is no ink.
BLANK_BOXES = 0.03


def shares(pictures):
    """How often each class was shown, which is divided out of what the network says."""
    counts = torch.bincount(pictures.labels, minlength=CLASSES).float() + 1
    shares = counts / counts.sum()
    shares[BLANK] = BLANK_BOXES
    return shares


def folded(network):
    """Weights with the normalisation folded in, by name."""
    network.eval()
    weights = {}
    for name, *_ in Network.CONVOLUTIONS:
        convolution, norm = getattr(network, name), getattr(network, name + "_norm")
        factor = norm.weight / torch.sqrt(norm.running_var + norm.eps)
        weights[name + ".weight"] = convolution.weight * factor.view(-1, 1, 1, 1)
        weights[name + ".bias"] = norm.bias - norm.running_mean * factor
    for name in ("seventh", "last"):
        weights[name + ".weight"] = getattr(network, name).weight
        weights[name + ".bias"] = getattr(network, name).bias
    return {name: value.detach().numpy().copy() for name, value in weights.items()}


def to_onnx(network, scale, shown, path):
    """The network as a graph: a batch of pictures in, likelihoods that add up to 1 out."""
    weights = folded(network)
    weights["last.weight"] /= scale
    weights["last.bias"] = weights["last.bias"] / scale - np.log(shown.numpy())
    tensors = [numpy_helper.from_array(value.astype(np.float32), name) for name, value in weights.items()]
    nodes, at = [], "pictures"
    for name, _, _, kernel, stride in Network.CONVOLUTIONS:
        nodes += [
            helper.make_node("Conv", [at, f"{name}.weight", f"{name}.bias"], [f"{name}.sum"],
                             kernel_shape=[kernel] * 2, strides=[stride] * 2, pads=[kernel // 2] * 4),
            helper.make_node("Relu", [f"{name}.sum"], [name]),
        ]
        at = name
        if name in Network.POOLED:
            at = f"{name}.pooled"
            nodes.append(helper.make_node("MaxPool", [name], [at], kernel_shape=[2, 2], strides=[2, 2]))
    nodes += [
        helper.make_node("Flatten", [at], ["flat"], axis=1),
        helper.make_node("Gemm", ["flat", "seventh.weight", "seventh.bias"], ["seventh.sum"], transB=1),
        helper.make_node("Relu", ["seventh.sum"], ["seventh"]),
        helper.make_node("Gemm", ["seventh", "last.weight", "last.bias"], ["odds"], transB=1),
        helper.make_node("Softmax", ["odds"], ["classes"], axis=1),
    ]
    graph = helper.make_graph(
        nodes, "handprint",
        [helper.make_tensor_value_info("pictures", TensorProto.FLOAT, ["n", 2, SIDE, SIDE])],
        [helper.make_tensor_value_info("classes", TensorProto.FLOAT, ["n", CLASSES])],
        tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, path)


def report(log_odds, pictures):
    """By severity and kind: how many are right among characters of the same kind."""
    kinds = {"capitals": slice(0, 26), "digits": slice(26, 36), "punctuation": slice(36, 43)}
    for severity in sorted(set(pictures.severities.tolist())):
        here = torch.from_numpy(pictures.severities == severity)
        line = f"  severity {severity}:"
        for name, classes in kinds.items():
            of = here & (pictures.labels >= classes.start) & (pictures.labels < classes.stop)
            if of.any():
                among = log_odds[of][:, classes].argmax(1) + classes.start
                line += f" {name} {(among == pictures.labels[of]).float().mean():.3%} of {int(of.sum())};"
        print(line)
    best = log_odds.argmax(1)
    for label, name in ((BLANK, "blank"), (STRUCK, "struck out"), (JUNK, "junk")):
        of = pictures.labels == label
        if of.any():
            print(f"  {name}: {(best[of] == label).float().mean():.2%} of {int(of.sum())}, "
                  f"taken for characters {(best[of] < BLANK).float().mean():.2%}")
    signs = pictures.labels < BLANK
    print(f"  characters taken for none: {(best[signs] >= BLANK).float().mean():.3%} of {int(signs.sum())}")


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--train", nargs="+", required=True)
    arguments.add_argument("--check", nargs="+", required=True)
    arguments.add_argument("--out")
    arguments.add_argument("--weights", help="where to save what training can go on from")
    arguments.add_argument("--start", help="go on from these weights, or from this ONNX file")
    arguments.add_argument("--epochs", type=int, default=12)
    arguments.add_argument("--rate", type=float, default=4e-3)
    arguments.add_argument("--seed", type=int, default=1)
    asked = arguments.parse_args()
    # A thread to a network: two are hardly faster, and on a busy machine many times slower.
    torch.set_num_threads(1)
    pictures, check = Pictures(asked.train), Pictures(asked.check)
    print(f"{len(pictures)} pictures to train on, {len(check)} to check with", flush=True)
    network = train(pictures, check, asked)
    log_odds = odds(network, check)
    scale = temperature(log_odds, check.labels)
    print(f"temperature {scale:.3f}")
    report(log_odds / scale, check)
    if asked.out:
        to_onnx(network, scale, shares(pictures), asked.out)


if __name__ == "__main__":
    main()
