"""Fine-tune the encoder and its heads on annotated reports, and write them as they are shipped.

usage: python scripts/train_encoder.py TRAIN_DIR... [--out src/pledgetrail/extraction/data/encoder] [--epochs 8]

Needs the extra ``train`` (torch, onnx) and about an hour on two cores for 500 reports; no more of the lower layers is
trained than ``--kept`` leaves, since they are run once and their states kept. Seeded. Every decision of scripts/fit.py
is learnt at once, from the same examples as its table. Only weights are written, never a sentence.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import random
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

import annotated
import encoder_net
import fit as fitting
from pledgetrail.extraction.encoder import FILES, laid_out
from pledgetrail.extraction.heads import step
from pledgetrail.extraction.windows import windows
from pledgetrail.records import Parsed

#: Decisions that weigh a second place, and those of them where the places compete.
PAIRS: Final = frozenset({"givers", "receivers", "participants", "claimants"})
RANKED: Final = frozenset({"givers", "receivers"})
#: What an example of each decision counts in the loss: those with many easy examples less.
WEIGHTS: Final = {
    "acts": 1.0,
    "givers": 0.6,
    "receivers": 0.6,
    "encounters": 0.7,
    "participants": 0.3,
    "figures": 0.7,
    "claimants": 0.3,
}
SEED: Final = 7
EPOCHS: Final = 8
#: Word pieces of a batch; the states of one take about 1 GB.
BATCH: Final = 2000
#: Rates of the layers (the top one; each lower one that times DECAY) and of the heads.
LAYER_RATE, DECAY, HEAD_RATE = 1.5e-4, 0.85, 1e-3
#: How much an act's label is smoothed, against annotators' slips.
SMOOTHING: Final = 0.02

Rows = tuple[int, int]


@dataclass
class Choice:
    """An example by its rows: the words decided on, the second words (None: nobody's), what is right, and its weight.

    A single decision has one label; in a ranked one, ``right`` says which of ``others`` are.
    """

    at: Rows
    others: list[Rows | None]
    right: list[int]
    weight: float
    given: int


@dataclass
class Report:
    """A report ready to train on: its pieces, and its examples by decision."""

    pieces: list[list[int]]
    choices: dict[str, list[Choice]]
    states: list[Tensor] = field(default_factory=list)  # of each window, above the layers that are kept

    @property
    def size(self) -> int:
        """Pieces in all windows."""
        return sum(map(len, self.pieces))


@dataclass
class Names:
    """Labels by decision, and the row of each given."""

    labels: dict[str, list[str]]
    given: dict[str, int]


def names_of(examples: Iterable[tuple[str, Any]]) -> Names:
    """All labels and givens of (decision, example) pairs, in order of the alphabet."""
    labels: dict[str, set[str]] = {name: set() for name in fitting.MODELS}
    given = set()
    for name, example in examples:
        given.add(example.given)
        labels[name].add("score" if name in RANKED else example.label)
    return Names(
        {name: sorted(found) for name, found in labels.items()},
        {name: row for row, name in enumerate(["", *sorted(given - {""})])},
    )


def report_of(parsed: Parsed, examples: Mapping[str, Sequence[Any]], names: Names, tokenizer: Tokenizer) -> Report:
    """A report's windows and the rows of its examples; what stands outside the windows is left out."""
    found = list(windows(parsed, tokenizer))
    encoding = laid_out(found, np.zeros((0, 0), dtype=np.float32))
    choices: dict[str, list[Choice]] = {name: [] for name in names.labels}
    for name, items in examples.items():
        for item in items:
            at = encoding.stretch(*item.at)
            if at is None:
                continue
            row = names.given.get(item.given, 0)
            if name in RANKED:
                others = [None if o is None else encoding.stretch(*o) for o in item.others]
                right = [int(hit) for _, hit in item.items]
            else:
                others = [encoding.stretch(*item.other)] if item.other is not None else []
                right = [names.labels[name].index(item.label)]
            choices[name].append(Choice(at, others, right, item.weight, row))
    return Report([w.ids for w in found], choices)


def padded(rows: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    """Rows of differing length as one tensor, and where they hold something."""
    longest = max(map(len, rows))
    found = torch.zeros(len(rows), longest, *rows[0].shape[1:], dtype=rows[0].dtype)
    mask = torch.zeros(len(rows), longest, dtype=torch.bool)
    for n, row in enumerate(rows):
        found[n, : len(row)] = row
        mask[n, : len(row)] = True
    return found, mask


@torch.no_grad()
def keep_states(network: encoder_net.Network, reports: Sequence[Report]) -> None:
    """Run the layers that are not trained, once, and keep what they say of every window."""
    network.eval()
    every = [(report, n) for report in reports for n in range(len(report.pieces))]
    for report in reports:
        report.states = [torch.zeros(0)] * len(report.pieces)
    every.sort(key=lambda item: len(item[0].pieces[item[1]]))
    for begin in range(0, len(every), 16):
        part = every[begin : begin + 16]
        ids, mask = padded([torch.tensor(report.pieces[n]) for report, n in part])
        for (report, n), states in zip(part, network.lower(ids, mask), strict=True):
            report.states[n] = states[: len(report.pieces[n])].half()


def pooled(states: Tensor, stretches: Sequence[Rows]) -> Tensor:
    """The mean state of each stretch. Equal stretches are averaged once: the gradient of a plain index is slow."""
    order: dict[Rows, int] = {}
    back = [order.setdefault(stretch, len(order)) for stretch in stretches]
    rows, begins = [], []
    for low, high in order:
        begins.append(len(rows))
        rows.extend(range(low, high))
    means = functional.embedding_bag(torch.tensor(rows), states, torch.tensor(begins), mode="mean")
    return means.index_select(0, torch.tensor(back))


def loss_of(network: encoder_net.Network, batch: Sequence[Report]) -> Tensor:
    """The weighted loss of all decisions of some reports."""
    states, mask = padded([window for report in batch for window in report.states])
    flat = network.upper(states.float(), mask)[mask]
    bases = np.cumsum([0, *(report.size for report in batch)])
    total = torch.zeros(())
    for name, head in network.heads.items():
        found = [(int(base), c) for base, r in zip(bases, batch, strict=False) for c in r.choices[name]]
        if found:
            pair = _pair_loss if name in PAIRS else _single_loss
            total = total + WEIGHTS[name] * pair(head, flat, found, name in RANKED)
    return total


def _single_loss(head: Any, flat: Tensor, found: list[tuple[int, Choice]], ranked: bool) -> Tensor:
    scores = head(pooled(flat, [_moved(c.at, base) for base, c in found]))
    return _label_loss(scores, [c for _, c in found])


def _pair_loss(head: Any, flat: Tensor, found: list[tuple[int, Choice]], ranked: bool) -> Tensor:
    every = [(base, n, choice, other) for n, (base, choice) in enumerate(found) for other in choice.others]
    words = pooled(flat, [_moved(choice.at, base) for base, _, choice, _ in every])
    others = pooled(flat, [_moved(other or choice.at, base) for base, _, choice, other in every])
    nobody = torch.tensor([other is None for *_, other in every])
    others = torch.where(nobody[:, None], head.nobody[None], others)
    steps = [0 if other is None else step(other[0] - choice.at[0]) for _, _, choice, other in every]
    given = torch.tensor([choice.given for _, _, choice, _ in every])
    scores = head(words, others, given, torch.tensor(steps))
    if not ranked:
        return _label_loss(scores, [choice for _, choice in found])
    group = torch.tensor([n for _, n, _, _ in every])
    right = torch.tensor([hit for _, choice in found for hit in choice.right])
    return _ranking_loss(scores.squeeze(-1), group, right, torch.tensor([c.weight for _, c in found]))


def _moved(rows: Rows, base: int) -> Rows:
    return rows[0] + base, rows[1] + base


def _label_loss(scores: Tensor, choices: Sequence[Choice]) -> Tensor:
    right = torch.tensor([c.right[0] for c in choices])
    loss = functional.cross_entropy(scores, right, reduction="none", label_smoothing=SMOOTHING)
    return (loss * torch.tensor([c.weight for c in choices])).sum()


def _ranking_loss(scores: Tensor, group: Tensor, right: Tensor, weight: Tensor) -> Tensor:
    """What competes in each group: minus the log of the share that the right ones have together."""
    count = len(weight)
    top = torch.full((count,), -1e9).scatter_reduce(0, group, scores, "amax").detach()
    odds = torch.exp(scores - top[group])
    every = torch.zeros(count).index_add(0, group, odds)
    good = torch.zeros(count).index_add(0, group, odds * right).clamp(min=1e-9)
    return ((torch.log(every) - torch.log(good)) * weight).sum()


def batches(reports: Sequence[Report], chance: random.Random) -> Iterator[list[Report]]:
    """The reports in an order of chance, about BATCH pieces at a time."""
    order = [report for report in reports if report.pieces]
    chance.shuffle(order)
    held: list[Report] = []
    for report in order:
        held.append(report)
        if sum(r.size for r in held) >= BATCH:
            yield held
            held = []
    if held:
        yield held


def train(network: encoder_net.Network, reports: Sequence[Report], epochs: int) -> None:
    """Train the upper layers and the heads; the rate rises for a twelfth of the steps and then falls to nothing."""
    chance = random.Random(SEED)
    trained = list(network.layers[network.kept :])
    groups: list[dict[str, Any]] = [
        {"params": list(layer.parameters()), "lr": LAYER_RATE * DECAY**below}
        for below, layer in enumerate(reversed(trained))
    ]
    groups.append({"params": list(network.heads.parameters()), "lr": HEAD_RATE})
    moving = [p for g in groups for p in g["params"]]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01, fused=True)
    steps = epochs * math.ceil(sum(r.size for r in reports) / BATCH)
    rise = max(1, steps // 12)

    def rate(done: int) -> float:
        return (done + 1) / rise if done < rise else max(0.02, (steps - done) / max(1, steps - rise))

    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, rate)
    began = time.monotonic()
    for epoch in range(epochs):
        network.train()
        losses = []
        for batch in batches(reports, chance):
            loss = loss_of(network, batch) / 40  # about the examples of a batch that count
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(moving, 2.0)
            optimizer.step()
            schedule.step()
            losses.append(loss.item())
        mean = sum(losses) / len(losses)
        print(f"epoch {epoch + 1} of {epochs}: loss {mean:.3f}, {time.monotonic() - began:.0f} s", flush=True)


def export(network: encoder_net.Network, names: Names, shares: Mapping[str, Sequence[float]], folder: Path) -> None:
    """Write encoder.onnx (8 bit weights), heads.npz, tokenizer.json and the manifest of their hashes."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    folder.mkdir(parents=True, exist_ok=True)
    network.eval()
    with TemporaryDirectory() as place:
        whole = Path(place) / "whole.onnx"
        torch.onnx.export(
            encoder_net.Exported(network).eval(),
            (torch.ones(1, 8, dtype=torch.long),),
            str(whole),
            input_names=["ids"],
            output_names=["states"],
            dynamic_axes={"ids": {1: "pieces"}, "states": {0: "pieces"}},
            opset_version=17,
            dynamo=False,
        )
        # 7 bits of range: processors without 8 bit dot products overflow with all 8, and would read otherwise
        quantize_dynamic(
            whole, folder / "encoder.onnx", weight_type=QuantType.QInt8, per_channel=True, reduce_range=True
        )
    arrays: dict[str, Any] = {"given names": np.array(list(names.given))}
    for name, head in network.heads.items():
        arrays[f"{name}/labels"] = np.array(names.labels[name])
        for part, values in head.arrays().items():
            arrays[f"{name}/{part}"] = values.detach().numpy().astype(np.float32)
    np.savez_compressed(folder / "heads.npz", **arrays)
    (folder / "tokenizer.json").write_bytes(encoder_net.tokenizer_json())
    hashes = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in FILES}
    manifest = {"files": hashes, "shares": {name: list(pair) for name, pair in shares.items()}}
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")


def main() -> None:
    """Train on the folders given and write the encoder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("train", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, default=Path("src/pledgetrail/extraction/data/encoder"))
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--kept", type=int, default=3, help="lower layers that are not trained")
    options = parser.parse_args()
    pairs = [pair for folder in options.train for pair in annotated.load(folder)]
    train_and_write(pairs, options.out, options.epochs, options.kept)


def train_and_write(pairs: Sequence[annotated.Pair], out: Path, epochs: int = EPOCHS, kept: int = 3) -> None:
    """Train on annotated reports and write the encoder into a folder."""
    torch.manual_seed(SEED)
    tokenizer = Tokenizer.from_str(encoder_net.tokenizer_json().decode("utf-8"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    examples = [{name: list(make(*pair)) for name, make in fitting.MODELS.items()} for pair in pairs]
    names = names_of((name, e) for found in examples for name, items in found.items() for e in items)
    reports = [report_of(p, found, names, tokenizer) for (p, _), found in zip(pairs, examples, strict=True)]
    network = encoder_net.Network(names.labels, len(names.given), PAIRS, kept)
    keep_states(network, reports)
    train(network, reports, epochs)
    shares = json.loads((Path(__file__).parent / "encoder_shares.json").read_text(encoding="utf-8"))
    export(network, names, shares, out)


if __name__ == "__main__":
    main()
