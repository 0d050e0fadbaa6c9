"""Trains the network that reads open lines, and writes it as ONNX.

    python3 lines.py --real labelled.bin unlabelled.bin --texts lines.csv --simulated train.bin \
        --labels labels.csv --check check.bin --out ../../models/lines.onnx

The pictures come from `cards lines` (examples/cards/lines.rs), cut by the program's own path;
what the real lines say from harvest.py.
The network sees a line 48 rows high and gives, for every fourth column, the likelihood of each
character, or of none: connectionist temporal classification (Graves et al. 2006).
"""

import argparse
import csv
import time
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn
from torch.nn import functional as F
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from handprint import KEPT, SIGNS, knows_bfloat16
from harvest import folded, part_of

ROWS = 48
# Columns of the picture to one of the output.
STEP = 4
# None first, then the characters.
CLASSES = len(SIGNS) + 1
INDEX = {sign: at + 1 for at, sign in enumerate(SIGNS)}
# Lines in a batch, real and simulated.
BATCH = (19, 12)
# Wider lines are left out: specks far from the writing make some.
WIDEST = 640


class Line:
    """One line: its file's name, what it says, its ink."""

    def __init__(self, name, text, ink):
        self.name, self.text, self.ink = name, text, ink


def lines(path):
    """The lines of a file of `cards lines`."""
    data, at, found = Path(path).read_bytes(), 0, []
    while at < len(data):
        words = []
        for _ in range(2):
            words.append(data[at + 1 : at + 1 + data[at]].decode())
            at += 1 + data[at]
        width = int.from_bytes(data[at : at + 2], "little")
        ink = np.frombuffer(data, np.uint8, ROWS * width, at + 2).reshape(ROWS, width)
        at += 2 + ROWS * width
        if width <= WIDEST:
            found.append(Line(*words, ink))
    return found


class Network(nn.Module):
    """Convolutions down to one row, then along it."""

    # Name, planes in and out, and the maximum taken after it over so many rows and columns.
    CONVOLUTIONS = [
        ("first", 1, 32, (2, 2)), ("second", 32, 48, (2, 2)), ("third", 48, 72, None),
        ("fourth", 72, 96, (2, 1)), ("fifth", 96, 128, (2, 1)),
    ]
    WIDE = 160
    ALONG = ("along", "further")
    # Columns that these look at, of the output's.
    REACH = 7

    def __init__(self):
        super().__init__()
        for name, into, out, _ in self.CONVOLUTIONS:
            setattr(self, name, nn.Conv2d(into, out, 3, padding=1, bias=False))
            setattr(self, name + "_norm", nn.BatchNorm2d(out))
        self.down = nn.Conv2d(128, self.WIDE, 3, padding=(0, 1), bias=False)
        self.down_norm = nn.BatchNorm2d(self.WIDE)
        for name in self.ALONG:
            across = self.REACH // 2
            setattr(self, name, nn.Conv2d(self.WIDE, self.WIDE, (1, self.REACH), padding=(0, across), bias=False))
            setattr(self, name + "_norm", nn.BatchNorm2d(self.WIDE))
        self.last = nn.Conv2d(self.WIDE, CLASSES, 1)

    def forward(self, x):
        for name, _, _, pool in self.CONVOLUTIONS:
            x = F.relu(getattr(self, name + "_norm")(getattr(self, name)(x)))
            x = F.max_pool2d(x, pool) if pool else x
        x = F.relu(self.down_norm(self.down(x)))
        for name in self.ALONG:
            x = x + F.relu(getattr(self, name + "_norm")(getattr(self, name)(x)))
        return self.last(F.dropout(x, 0.2, self.training)).squeeze(2)


def opened(path):
    """A network from weights, or from a file as it ships."""
    network = Network()
    if not str(path).endswith(".onnx"):
        network.load_state_dict(torch.load(path))
        return network
    tensors = onnx.load(path).graph.initializer
    weights = {tensor.name: torch.from_numpy(numpy_helper.to_array(tensor).copy()) for tensor in tensors}
    with torch.no_grad():
        for name in (*(name for name, *_ in Network.CONVOLUTIONS), "down", *Network.ALONG):
            norm = getattr(network, name + "_norm")
            getattr(network, name).weight.copy_(weights[name + ".weight"])
            norm.weight.fill_((1 + norm.eps) ** 0.5)
            norm.bias.copy_(weights[name + ".bias"])
        network.last.weight.copy_(weights["last.weight"])
        network.last.bias.copy_(weights["last.bias"])
    return network


def together(some):
    """A batch of pictures, on paper as wide as the widest, and how wide each is in the output."""
    width = -(-max(line.ink.shape[1] for line in some) // STEP) * STEP
    paper = np.zeros((len(some), 1, ROWS, width), np.uint8)
    for at, line in enumerate(some):
        paper[at, 0, :, : line.ink.shape[1]] = line.ink
    lengths = torch.tensor([-(-line.ink.shape[1] // STEP) for line in some])
    return torch.from_numpy(paper).float() / 255, lengths


def varied(x, rng):
    """Turned, scaled, sheared, bent, thicker or thinner, fainter, dirty."""
    n, width = len(x), x.shape[3]

    def draw(low, high):
        return torch.rand(n, generator=rng) * (high - low) + low

    turn, lean = draw(-0.03, 0.03), draw(-0.3, 0.3)
    tall, wide = draw(0.75, 1.25), draw(0.9, 1.15)
    aspect = width / ROWS
    nothing = torch.zeros(n)
    matrix = torch.stack([
        torch.stack([wide, lean / aspect, wide - 1], 1),
        torch.stack([turn * aspect, 1 / tall, draw(-0.25, 0.25) + nothing], 1),
    ], 1)
    grid = F.affine_grid(matrix, x.shape, align_corners=False)
    # Elastic (Simard 2003): a knot for every 12 pixels.
    bend = torch.randn(n, 2, 4, max(width // 12, 2), generator=rng)
    bend[:, 0] *= draw(0.0, 1.5).view(-1, 1, 1) * 2 / width
    bend[:, 1] *= draw(0.0, 1.5).view(-1, 1, 1) * 2 / ROWS
    bend = F.interpolate(bend, size=(ROWS, width), mode="bicubic", align_corners=False)
    x = F.grid_sample(x, grid + bend.permute(0, 2, 3, 1), padding_mode="zeros", align_corners=False)
    pick, share = draw(0, 1).view(-1, 1, 1, 1), draw(0, 1).view(-1, 1, 1, 1)
    wider, thinner = F.max_pool2d(x, 3, 1, 1), -F.max_pool2d(-x, 3, 1, 1)
    x = torch.where(pick < 0.25, x + share * (wider - x),
                    torch.where(pick < 0.4, x + 0.6 * share * (thinner - x), x))
    x = torch.where((pick > 0.7) & (pick < 0.85), F.avg_pool2d(x, 3, 1, 1), x)
    x = x * draw(0.6, 1.15).view(-1, 1, 1, 1)
    specks = torch.rand(x.shape, generator=rng) < (draw(0, 1) < 0.2).float().view(-1, 1, 1, 1) * 0.003
    # What is left of a comb or of a rule: a line down or across.
    for at in range(n):
        if rng_share(rng) < 0.12:
            column = int(rng_share(rng) * width)
            x[at, 0, :, column : column + 1 + int(rng_share(rng) * 2)] += 0.3 + 0.7 * rng_share(rng)
        if rng_share(rng) < 0.1:
            row = int(ROWS * (0.6 + 0.4 * rng_share(rng)))
            x[at, 0, row : row + 1] += 0.2 + 0.6 * rng_share(rng)
    return torch.clamp(torch.maximum(x, specks.float() * 0.9), 0, 1)


def rng_share(rng):
    return torch.rand(1, generator=rng).item()


def read(network, some):
    """The log-likelihoods of each line: [columns, classes]."""
    network.eval()
    order = sorted(range(len(some)), key=lambda at: some[at].ink.shape[1])
    found = [None] * len(some)
    with torch.no_grad():
        for first in range(0, len(order), sum(BATCH)):
            batch = order[first : first + sum(BATCH)]
            x, lengths = together([some[at] for at in batch])
            log = F.log_softmax(network(x).float(), 1)
            for at, one, length in zip(batch, log, lengths):
                found[at] = one[:, :length].T.numpy()
    return found


def spelled(log):
    """The likeliest path: repeats are one, and none is nothing."""
    best = log.argmax(1)
    kept = [one for at, one in enumerate(best) if one and (at == 0 or best[at - 1] != one)]
    return "".join(SIGNS[one - 1] for one in kept)


def distance(one, other):
    """Characters to change (Levenshtein)."""
    row = list(range(len(other) + 1))
    for at, sign in enumerate(one, 1):
        before, row[0] = row[0], at
        for to, second in enumerate(other, 1):
            before, row[to] = row[to], min(row[to] + 1, row[to - 1] + 1, before + (sign != second))
    return row[-1]


def right(network, some):
    """Of the characters, and of the lines, as they are spelled."""
    texts = [spelled(log) for log in read(network, some)]
    of = sum(len(line.text) for line in some)
    wrong = sum(min(len(line.text), distance(line.text, text)) for line, text in zip(some, texts))
    return 1 - wrong / max(of, 1), np.mean([line.text == text for line, text in zip(some, texts)])


def batches(real, simulated, steps, rng):
    """Batches of lines about as wide as each other."""
    sorted_by_width = [sorted(some, key=lambda line: line.ink.shape[1]) for some in (real, simulated)]
    for _ in range(steps):
        at = rng.random()
        batch = []
        for some, count in zip(sorted_by_width, BATCH):
            middle = int(at * len(some))
            reach = max(count * 8, len(some) // 20)
            first = max(0, min(middle - reach // 2, len(some) - reach))
            picks = rng.integers(first, min(first + reach, len(some)), count)
            batch += [some[pick] for pick in picks]
        yield batch


def train(real, simulated, checks, asked):
    torch.manual_seed(asked.seed)
    rng, numbers = torch.Generator().manual_seed(asked.seed), np.random.default_rng(asked.seed)
    half = knows_bfloat16()
    network = opened(asked.start) if asked.start else Network()
    network = network.to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(network.parameters(), 2e-3, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, asked.rate, asked.steps, pct_start=0.15)
    averaged = AveragedModel(network, multi_avg_fn=get_ema_multi_avg_fn(KEPT), use_buffers=True)
    began, total = time.time(), 0.0
    for step, batch in enumerate(batches(real, simulated, asked.steps, numbers), 1):
        network.train()
        x, lengths = together(batch)
        x = varied(x, rng).contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16, enabled=half):
            log_odds = network(x)
        log = F.log_softmax(log_odds.float(), 1).permute(2, 0, 1)
        targets = [torch.tensor([INDEX[sign] for sign in line.text], dtype=torch.long) for line in batch]
        loss = F.ctc_loss(log, torch.cat(targets), lengths, torch.tensor(list(map(len, targets))), zero_infinity=True)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimiser.step()
        schedule.step()
        averaged.update_parameters(network)
        total += loss.item()
        if step % asked.tell == 0 or step == asked.steps:
            found = "; ".join(
                f"{name} {characters:.2%} of characters, {whole:.1%} of lines"
                for name, some in checks.items() for characters, whole in [right(averaged.module, some)])
            print(f"{step} of {asked.steps}: loss {total / asked.tell:.4f}; {found}; {time.time() - began:.0f} s", flush=True)
            total = 0.0
            if asked.weights:
                torch.save(averaged.module.state_dict(), asked.weights)
    return averaged.module


def to_onnx(network, path):
    """The network as a graph: pictures of any width in, likelihoods for every fourth column out."""
    network.eval()
    tensors, nodes, at = [], [], "pictures"

    def add(name, value):
        tensors.append(numpy_helper.from_array(value.detach().numpy().astype(np.float32), name))

    def convolution(name, into, pads):
        conv, norm = getattr(network, name), getattr(network, name + "_norm")
        factor = norm.weight / torch.sqrt(norm.running_var + norm.eps)
        add(f"{name}.weight", conv.weight * factor.view(-1, 1, 1, 1))
        add(f"{name}.bias", norm.bias - norm.running_mean * factor)
        kernel = list(conv.kernel_size)
        nodes.append(helper.make_node("Conv", [into, f"{name}.weight", f"{name}.bias"], [f"{name}.sum"],
                                      kernel_shape=kernel, strides=[1, 1], pads=pads))
        nodes.append(helper.make_node("Relu", [f"{name}.sum"], [name]))
        return name

    for name, _, _, pool in Network.CONVOLUTIONS:
        at = convolution(name, at, [1, 1, 1, 1])
        if pool:
            nodes.append(helper.make_node("MaxPool", [at], [f"{at}.pooled"], kernel_shape=list(pool), strides=list(pool)))
            at = f"{at}.pooled"
    at = convolution("down", at, [0, 1, 0, 1])
    for name in Network.ALONG:
        across = Network.REACH // 2
        added = convolution(name, at, [0, across, 0, across])
        nodes.append(helper.make_node("Add", [at, added], [f"{name}.added"]))
        at = f"{name}.added"
    add("last.weight", network.last.weight)
    add("last.bias", network.last.bias)
    nodes += [
        helper.make_node("Conv", [at, "last.weight", "last.bias"], ["odds"], kernel_shape=[1, 1], strides=[1, 1], pads=[0] * 4),
        helper.make_node("Softmax", ["odds"], ["classes"], axis=1),
    ]
    graph = helper.make_graph(
        nodes, "lines",
        [helper.make_tensor_value_info("pictures", TensorProto.FLOAT, ["n", 1, ROWS, "columns"])],
        [helper.make_tensor_value_info("classes", TensorProto.FLOAT, ["n", CLASSES, 1, "steps"])],
        tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, path)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--real", nargs="+", required=True)
    arguments.add_argument("--texts", required=True)
    arguments.add_argument("--labels", required=True)
    arguments.add_argument("--simulated", required=True)
    arguments.add_argument("--check", required=True)
    arguments.add_argument("--out")
    arguments.add_argument("--weights", help="where to save what training can go on from")
    arguments.add_argument("--start", help="go on from these weights")
    arguments.add_argument("--steps", type=int, default=8000)
    arguments.add_argument("--tell", type=int, default=1000)
    arguments.add_argument("--rate", type=float, default=2e-3)
    arguments.add_argument("--seed", type=int, default=1)
    asked = arguments.parse_args()
    torch.set_num_threads(1)
    texts = {row["file"]: folded(row["text"]) for row in csv.DictReader(open(asked.texts))}
    labels = {row["file"]: folded(row["text"]) for row in csv.DictReader(open(asked.labels))}
    real, check = [], []
    for line in (line for path in asked.real for line in lines(path)):
        held_out = line.name in labels and part_of(line.name) != "train"
        if not held_out and line.name in texts:
            line.text = texts[line.name]
            real.append(line)
        elif held_out and part_of(line.name) == "check" and labels[line.name] not in ("", "EMPTY"):
            line.text = labels[line.name]
            check.append(line)
    simulated, drawn = lines(asked.simulated), lines(asked.check)
    for line in simulated + drawn:
        line.text = folded(line.text)
    print(f"{len(real)} real and {len(simulated)} simulated lines to train on, {len(check)} and {len(drawn)} to check with", flush=True)
    network = train(real, simulated, {"real": check, "simulated": drawn}, asked)
    if asked.out:
        to_onnx(network, asked.out)


if __name__ == "__main__":
    main()
