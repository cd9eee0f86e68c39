"""The network that is trained: MiniLM's layers in plain torch, and the heads of pledgetrail.extraction.heads on top.

Written out, not taken from a library of models, because it is thirty lines, its parts are exported apart, and the lower
layers are run once and kept while the upper ones are trained.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any, Final

import torch
from torch import Tensor, nn
from torch.nn import functional

HIDDEN: Final = 384
INNER: Final = 1536
ATTENTION_HEADS: Final = 12
LAYERS: Final = 6
#: Width of the heads of single words and of pairs.
SINGLE, PAIR = 192, 128
#: Classes of pledgetrail.extraction.heads.step.
STEPS: Final = 20
DROPOUT: Final = 0.1


class Embeddings(nn.Module):
    """Word pieces and their positions as vectors."""

    def __init__(self, words: int) -> None:
        """``words`` is the size of the vocabulary."""
        super().__init__()
        self.word = nn.Embedding(words, HIDDEN)
        self.position = nn.Embedding(512, HIDDEN)
        self.segment = nn.Parameter(torch.zeros(HIDDEN))
        self.norm = nn.LayerNorm(HIDDEN, eps=1e-12)

    def forward(self, ids: Tensor) -> Tensor:
        """Vectors of a batch of rows of pieces."""
        positions = self.position(torch.arange(ids.shape[1]))[None]
        found: Tensor = self.norm(self.word(ids) + positions + self.segment)
        return found


class Layer(nn.Module):
    """One layer of a BERT: attention and a feed-forward net, each added and normed."""

    def __init__(self) -> None:
        super().__init__()
        self.qkv = nn.Linear(HIDDEN, 3 * HIDDEN)
        self.out = nn.Linear(HIDDEN, HIDDEN)
        self.norm = nn.LayerNorm(HIDDEN, eps=1e-12)
        self.up = nn.Linear(HIDDEN, INNER)
        self.down = nn.Linear(INNER, HIDDEN)
        self.last = nn.LayerNorm(HIDDEN, eps=1e-12)

    def forward(self, states: Tensor, mask: Tensor | None) -> Tensor:
        """States of the layer above; ``mask`` is true where there is a piece."""
        rows, length, _ = states.shape
        parted = self.qkv(states).view(rows, length, 3, ATTENTION_HEADS, HIDDEN // ATTENTION_HEADS)
        q, k, v = parted.permute(2, 0, 3, 1, 4)
        seen = functional.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        seen = self.out(seen.transpose(1, 2).reshape(rows, length, HIDDEN))
        states = self.norm(states + functional.dropout(seen, DROPOUT, self.training))
        inner = self.down(functional.gelu(self.up(states)))
        found: Tensor = self.last(states + functional.dropout(inner, DROPOUT, self.training))
        return found


class SingleHead(nn.Module):
    """Scores of labels for one word."""

    def __init__(self, labels: int) -> None:
        super().__init__()
        self.at = nn.Linear(HIDDEN, SINGLE)
        self.score = nn.Linear(SINGLE, labels)

    def forward(self, words: Tensor) -> Tensor:
        """Words x labels."""
        hidden = functional.gelu(self.at(words))
        found: Tensor = self.score(functional.dropout(hidden, DROPOUT, self.training))
        return found

    def arrays(self) -> dict[str, Any]:
        """The weights under the names that pledgetrail.extraction.heads reads."""
        return {
            "at": self.at.weight.T,
            "bias": self.at.bias,
            "out": self.score.weight.T,
            "out bias": self.score.bias,
        }


class PairHead(nn.Module):
    """Scores of labels for a second word seen from a first."""

    def __init__(self, labels: int, given: int) -> None:
        super().__init__()
        self.at = nn.Linear(HIDDEN, PAIR)
        self.other = nn.Linear(HIDDEN, PAIR, bias=False)
        self.both = nn.Linear(HIDDEN, PAIR, bias=False)
        self.given = nn.Embedding(given, PAIR)
        self.step = nn.Embedding(STEPS, PAIR)
        self.nobody = nn.Parameter(torch.zeros(HIDDEN))
        self.score = nn.Linear(PAIR, labels)
        nn.init.normal_(self.given.weight, std=0.02)
        nn.init.normal_(self.step.weight, std=0.02)

    def forward(self, words: Tensor, others: Tensor, given: Tensor, steps: Tensor) -> Tensor:
        """Pairs x labels."""
        hidden = self.at(words) + self.other(others) + self.both(words * others) + self.given(given) + self.step(steps)
        found: Tensor = self.score(functional.dropout(functional.gelu(hidden), DROPOUT, self.training))
        return found

    def arrays(self) -> dict[str, Any]:
        """The weights under the names that pledgetrail.extraction.heads reads."""
        return {
            "at": self.at.weight.T,
            "bias": self.at.bias,
            "other": self.other.weight.T,
            "both": self.both.weight.T,
            "given": self.given.weight,
            "step": self.step.weight,
            "nobody": self.nobody,
            "out": self.score.weight.T,
            "out bias": self.score.bias,
        }


class Network(nn.Module):
    """Embeddings, layers and heads. The embeddings and the lowest ``kept`` layers stay as they were pretrained."""

    def __init__(self, labels: Mapping[str, Sequence[str]], given: int, pairs: frozenset[str], kept: int) -> None:
        """``labels`` by decision; ``pairs`` are the decisions that weigh a second place; ``given`` rows of givens."""
        super().__init__()
        weights = pretrained()
        self.kept = kept
        self.embeddings = Embeddings(len(weights["embeddings.word_embeddings.weight"]))
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.heads = nn.ModuleDict(
            {
                name: PairHead(len(found), given) if name in pairs else SingleHead(len(found))
                for name, found in labels.items()
            }
        )
        self._load(weights)

    def _load(self, weights: Mapping[str, Tensor]) -> None:
        """Take the pretrained weights over, under our names."""

        def put(module: Any, name: str) -> None:
            module.weight.data = weights[f"{name}.weight"]
            module.bias.data = weights[f"{name}.bias"]

        self.embeddings.word.weight.data = weights["embeddings.word_embeddings.weight"]
        self.embeddings.position.weight.data = weights["embeddings.position_embeddings.weight"]
        self.embeddings.segment.data = weights["embeddings.token_type_embeddings.weight"][0]
        put(self.embeddings.norm, "embeddings.LayerNorm")
        for number, layer in enumerate(self.layers):
            base = f"encoder.layer.{number}"
            parts = [f"{base}.attention.self.{part}" for part in ("query", "key", "value")]
            layer.qkv.weight.data = torch.cat([weights[f"{part}.weight"] for part in parts])
            layer.qkv.bias.data = torch.cat([weights[f"{part}.bias"] for part in parts])
            put(layer.out, f"{base}.attention.output.dense")
            put(layer.norm, f"{base}.attention.output.LayerNorm")
            put(layer.up, f"{base}.intermediate.dense")
            put(layer.down, f"{base}.output.dense")
            put(layer.last, f"{base}.output.LayerNorm")

    def lower(self, ids: Tensor, mask: Tensor) -> Tensor:
        """States above the layers that stay as they are."""
        states: Tensor = self.embeddings(ids)
        for layer in self.layers[: self.kept]:
            states = layer(states, mask[:, None, None, :])
        return states

    def upper(self, states: Tensor, mask: Tensor) -> Tensor:
        """States of the last layer from those of :meth:`lower`."""
        for layer in self.layers[self.kept :]:
            states = layer(states, mask[:, None, None, :])
        return states


class Exported(nn.Module):
    """The part that becomes encoder.onnx: one window of pieces to its vectors."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.embeddings, self.layers = network.embeddings, network.layers

    def forward(self, ids: Tensor) -> Tensor:
        """``ids`` is 1 x pieces; the result pieces x HIDDEN."""
        states = self.embeddings(ids)
        for layer in self.layers:
            states = layer(states, None)
        return states[0]


def pretrained() -> dict[str, Tensor]:
    """The weights of all-MiniLM-L6-v2 (Apache-2.0) from the package that carries them."""
    from safetensors.torch import load

    with zipfile.ZipFile(str(resources.files("all_minilm_l6_v2") / "model.zip")) as stored:
        weights = load(stored.read("model.safetensors"))
    return {name.removeprefix("bert."): value.float() for name, value in weights.items()}


def tokenizer_json() -> bytes:
    """The tokenizer that belongs to the weights, as the library ``tokenizers`` reads it."""
    with zipfile.ZipFile(str(resources.files("all_minilm_l6_v2") / "model.zip")) as stored:
        return stored.read("tokenizer.json")
