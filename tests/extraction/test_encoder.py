"""The encoder: windows over a report, vectors by offsets, heads, and how they are mixed with the tables."""

from __future__ import annotations

import json
import shutil
from importlib import resources
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pledgetrail.extraction.deciders import DECISIONS, shipped
from pledgetrail.extraction.decisions import Place, read_model
from pledgetrail.extraction.encoder import FILES, Encoder, EncoderAltered, Encoding, load_encoder, verified
from pledgetrail.extraction.heads import Head, gelu, step
from pledgetrail.extraction.mixing import Mixed
from pledgetrail.extraction.windows import HEADLINE, NOWHERE, SIZE, windows

FOLDER = Path(str(resources.files("pledgetrail.extraction"))) / "data" / "encoder"
WORDS = [
    "Norway",
    "pledged",
    "$5 million",
    "for",
    "the",
    "harbour.",
    "Überlingen",
    "réfugiés",
    "x" * 40,
    "...",
    "\u2014",
]


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    from tokenizers import Tokenizer

    found = Tokenizer.from_file(str(FOLDER / "tokenizer.json"))
    found.no_truncation()
    found.no_padding()
    return found


def parsed(title: str | None, *texts: str) -> Any:
    """What the encoder looks at of a parsed report: its headline, and its passages with their offsets."""
    offsets, at = [], 0
    for text in texts:
        offsets.append(at)
        at += len(text) + 1
    return SimpleNamespace(document=SimpleNamespace(title=title), texts=texts, offsets=offsets)


@settings(deadline=None, max_examples=60)
@given(
    st.text(max_size=200) | st.none(),
    st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=400).map(" ".join), max_size=4),
)
def test_windows_hold_every_piece_once_and_in_order(tokenizer: Any, title: str | None, texts: list[str]) -> None:
    report = parsed(title, *texts)
    whole = "\n".join(texts)
    expected = [
        (start + offset, end + offset)
        for text, offset in zip(texts, report.offsets, strict=True)
        for start, end in tokenizer.encode(text, add_special_tokens=False).offsets
    ]
    found = []
    for window in windows(report, tokenizer):
        assert len(window.ids) == len(window.starts) == len(window.ends) <= SIZE
        head = window.starts.index(NOWHERE)
        assert head == 0 and window.starts[-1] == NOWHERE
        body = [(s, e) for s, e in zip(window.starts, window.ends, strict=True) if s != NOWHERE]
        assert body
        assert len(window.ids) - len(body) <= HEADLINE + 3
        found += body
    assert found == expected
    assert all(0 <= s <= e <= len(whole) for s, e in found)


def test_a_long_passage_is_parted_after_a_sentence(tokenizer: Any) -> None:
    sentence = "Norway pledged five million dollars for the harbour of the town. "
    text = sentence * 30
    first, *_ = windows(parsed("Harbour", text), tokenizer)
    end = max(first.ends)
    assert text[:end].endswith(".")
    assert len(first.ids) > SIZE // 2


def encoding(offsets: list[tuple[int, int, int]], vectors: Any = None) -> Encoding:
    rows, starts, ends = (list(column) for column in zip(*offsets, strict=True))
    return Encoding(np.eye(12, dtype=np.float32) if vectors is None else vectors, rows, starts, ends)


def test_stretches_follow_document_offsets() -> None:
    seen = encoding([(2, 0, 4), (3, 5, 9), (4, 9, 12), (8, 20, 24)])
    assert seen.stretch(0, 4) == (2, 3)
    assert seen.stretch(5, 12) == (3, 5)
    assert seen.stretch(6, 7) == (3, 4)
    assert seen.stretch(9, 24) == (4, 5)  # goes on in the next window: the first piece stands for it
    assert seen.stretch(13, 15) == (8, 9)  # nothing there: the next piece
    assert seen.stretch(24, 30) is None
    assert seen.mean((2, 4)).tolist() == [0, 0, 0.5, 0.5] + [0] * 8


def test_steps_are_classes_of_distance() -> None:
    assert [step(d) for d in (0, 1, 2, 3, 4, 511, 512, 100_000)] == [0, 1, 2, 2, 3, 9, 9, 9]
    assert [step(-d) for d in (1, 2, 3, 4, 100_000)] == [11, 12, 12, 13, 19]


def test_the_activation_is_the_trained_one() -> None:
    x = np.linspace(-5, 5, 101).astype(np.float32)
    from math import erf, sqrt

    exact = [0.5 * v * (1 + erf(v / sqrt(2))) for v in x.tolist()]
    assert np.abs(gelu(x) - np.array(exact)).max() < 1e-3


def pair_head() -> Head:
    width = 12
    weights = {
        "at": np.zeros((width, 2)),
        "bias": np.zeros(2),
        "other": np.vstack([np.zeros((3, 2)), [[4.0, 0.0]], np.zeros((8, 2))]),
        "both": np.zeros((width, 2)),
        "nobody": np.zeros(width),
        "given": np.array([[0.0, 0.0], [0.0, 3.0]]),
        "step": np.zeros((20, 2)),
        "out": np.array([[1.0], [1.0]]),
        "out bias": np.zeros(1),
    }
    return Head(("score",), {k: v.astype(np.float32) for k, v in weights.items()}, {"": 0, "pledge": 1})


def test_a_pair_head_sees_the_other_word_and_what_is_given() -> None:
    seen = encoding([(2, 0, 4), (3, 5, 9), (4, 9, 12)])
    places = [
        Place((0, 4)),
        Place((0, 4), (5, 9)),
        Place((0, 4), (9, 12)),
        Place((0, 4), (9, 12), "pledge"),
        Place((0, 4), (9, 12), "unheard of"),
        Place((90, 95), (9, 12), "pledge"),
    ]
    nobody, right, wrong, given_pledge, unknown, outside = pair_head().scores(seen, places)[:, 0].tolist()
    assert right > given_pledge > 1 > wrong
    assert nobody == wrong == unknown == outside == 0


TABLE = ["feature\tnone\tpledge\n", "bias\t0\t0\n", "promises\t-1\t1\n"]


def test_a_mixture_adds_both_scores_by_their_shares() -> None:
    model = read_model(TABLE)
    head = Head(
        ("none", "pledge"),
        {
            "at": np.eye(12, 2, dtype=np.float32),
            "bias": np.full(2, 10, dtype=np.float32),
            "out": np.zeros((2, 2), dtype=np.float32),
            "out bias": np.array([3.0, 1.0], dtype=np.float32),
        },
        {},
    )
    mixed = Mixed(model, head, (0.5, 0.25), encoding([(0, 0, 4)]))
    assert mixed.scores([["promises"]], [Place((0, 4))]).tolist() == [[-0.5 + 0.75, 0.5 + 0.25]]
    assert sum(mixed.batch([["promises"]], [Place((0, 4))])[0].values()) == pytest.approx(1)
    assert mixed.batch([], []) == []


def test_a_mixture_refuses_a_head_that_lacks_a_label() -> None:
    with pytest.raises(ValueError, match="pledge"):
        Mixed(read_model(TABLE), Head(("none",), {}, {}), (1, 1), encoding([(0, 0, 4)]))


def test_the_shipped_encoder_serves_every_decision() -> None:
    encoder = load_encoder()
    assert encoder is not None
    assert set(encoder.heads) == set(encoder.shares) == set(DECISIONS)
    for name in DECISIONS:
        assert set(getattr(shipped(), name).labels) <= set(encoder.heads[name].labels)
    assert shipped().encoder is encoder


def test_a_report_has_the_same_vectors_alone_and_after_others() -> None:
    encoder = load_encoder()
    assert encoder is not None
    report = parsed("Harbour", "Norway pledged $5 million for the harbour.")
    once = encoder.encode(report)
    encoder.encode(parsed(None, "Something else altogether. " * 100))
    again = encoder.encode(report)
    assert np.array_equal(once.vectors, again.vectors)
    assert once.starts == again.starts
    assert encoder.encode(parsed(None)).stretch(0, 4) is None


def test_an_altered_or_missing_file_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "encoder"
    shutil.copytree(FOLDER, folder)
    assert set(verified(folder)["files"]) == set(FILES)
    (folder / "tokenizer.json").write_text("{}", encoding="utf-8")
    with pytest.raises(EncoderAltered, match="tokenizer.json is not the file"):
        Encoder(folder)
    (folder / "heads.npz").unlink()
    (folder / "tokenizer.json").unlink()
    with pytest.raises(EncoderAltered, match="missing"):
        Encoder(folder)


def test_shares_are_those_of_the_training_script(root: Path) -> None:
    shares = json.loads((root / "scripts" / "encoder_shares.json").read_text(encoding="utf-8"))
    assert verified(FOLDER)["shares"] == shares
