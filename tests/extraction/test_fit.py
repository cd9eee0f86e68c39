"""The script that fits the weights: finding an annotation's words, and writing tables that can be read back."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from pledgetrail.extraction.decisions import load_model, read_model
from pledgetrail.language import passages
from pledgetrail.records import Mention, Parsed, Party
from pledgetrail.vocabulary import STAGES

if TYPE_CHECKING:
    from spacy.language import Language

Parse = Callable[..., Parsed]


@pytest.fixture(scope="module")
def fit(root: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("fit", root / "scripts" / "fit.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["fit"] = module  # dataclasses look their module up by name, fit_encounters_figures its examples
    spec.loader.exec_module(module)
    return module


TEXT = "Aid is late. Norway pledged $5 million.\nIt pledged\n  more tents. Norway pledged $5 million again."


@pytest.mark.parametrize(
    ("evidence", "words", "found"),
    [
        ("Norway pledged $5 million.", "pledged", (20, 27)),
        ("It pledged more tents.", "more tents", (53, 63)),
        ("It pledged more tents.", "pledged more", (43, 57)),
        ("Norway pledged $5 million again.", "pledged", (72, 79)),
        ("Norway pledged $5 million.", "tents", None),
        ("Sweden pledged nothing.", "pledged", None),
        ("Norway pledged $5 million.", None, None),
        ("Norway pledged $5 million.", "", None),
    ],
)
def test_locate(fit: ModuleType, evidence: str, words: str | None, found: tuple[int, int] | None) -> None:
    assert fit.locate(TEXT, evidence, words) == found


@pytest.mark.parametrize(
    ("names", "party", "same"),
    [
        (["Norway"], Party("state-nor", "Norway", "state", "NOR"), True),
        (["Turkey"], Party("state-tur", "Türkiye", "state", "TUR"), True),
        (["Sweden"], Party("state-nor", "Norway", "state", "NOR"), False),
        (["Sweden", "Norway"], Party("state-nor", "Norway", "state", "NOR"), True),
        (["Kenji Morita"], Party("p", "Morita", "person", "JPN"), True),
        (["Japan"], Party("p", "Kenji Morita", "person", "JPN"), True),
        (["Kenji Morita"], Party("p", "Kenji Sato", "person", "JPN"), False),
        (["donor states"], Party("g", "donors", "group"), False),
        ([], Party("state-nor", "Norway", "state", "NOR"), False),
    ],
)
def test_same_party(fit: ModuleType, names: list[str], party: Party, same: bool) -> None:
    assert fit.same_party(names, Mention(0, 1, "x", "name", (party,))) is same


def test_a_party_that_a_person_stands_for_is_theirs(fit: ModuleType) -> None:
    person, fund = Party("p", "Peter Lund", "person"), Party("org-unicef", "UNICEF", "organisation")
    assert fit.same_party(["UNICEF"], Mention(0, 1, "x", "name", (person,), stands_for=(fund,)))


SENTENCES = [
    ("Norway", "pledged", "pledge", "$5 million", "Nepal"),
    ("Japan", "pledged", "pledge", "$7 million", "Kenya"),
    ("Sweden", "delivered", "delivery", "$9 million", "Nepal"),
    ("Norway", "pledged", "pledge", "$4 million", "Fiji"),
    ("Spain", "delivered", "delivery", "$8 million", "Fiji"),
    ("France", "delivered", "delivery", "$2 million", "Kenya"),
]


@pytest.fixture
def annotated(tmp_path: Path) -> Path:
    """A folder of three annotated documents, each of a paragraph for every sentence."""
    (tmp_path / "gold").mkdir()
    docs = []
    for number in range(3):
        lines, golds = [], []
        for who, verb, stage, amount, to in SENTENCES[number:] + SENTENCES[:number]:
            evidence = f"{who} {verb} aid worth {amount} to {to} on Monday."
            lines.append(f"{evidence} The river is long and officials said the meeting was open.")
            golds.append(
                {
                    "evidence": evidence,
                    "trigger": verb,
                    "stage": stage,
                    "who": [who],
                    "to": [to],
                    "by_text": who,
                    "to_text": to,
                    "amount_text": amount,
                    "optional": number == 2 and who == "Spain",
                }
            )
        docs.append({"id": f"m{number}", "text": "\n\n".join(lines), "title": None})
        gold = {"id": f"m{number}", "commitments": golds, "encounters": [], "figures": []}
        (tmp_path / "gold" / f"m{number}.json").write_text(json.dumps(gold), encoding="utf-8")
    (tmp_path / "docs.jsonl").write_text("".join(json.dumps(d) + "\n" for d in docs), encoding="utf-8")
    return tmp_path


@pytest.fixture
def one_model(nlp: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passages, "load_model", lambda: nlp)


@pytest.mark.usefixtures("one_model")
def test_examples_are_labelled_by_the_annotation(fit: ModuleType, annotated: Path) -> None:
    pairs = list(fit.annotated(annotated))
    assert [gold["id"] for _, gold in pairs] == ["m0", "m1", "m2"]
    parsed, gold = pairs[0]
    labels = [example.label for example in fit.act_examples(parsed, gold)]
    assert labels.count("pledge") >= 3 and labels.count("delivery") >= 3 and "none" in labels
    assert set(labels) <= {"pledge", "delivery", "none"}
    assert all(example.document == "m0" and example.features for example in fit.act_examples(parsed, gold))
    for groups in (fit.giver_groups(parsed, gold), fit.receiver_groups(parsed, gold)):
        for group in groups:
            assert any(hit for _, hit in group.items)
            assert len(group.items) > 1


@pytest.mark.usefixtures("one_model")
def test_borderline_annotations_are_left_out(fit: ModuleType, annotated: Path) -> None:
    def deliveries(number: int) -> int:
        parsed, gold = list(fit.annotated(annotated))[number]
        return sum(e.label == "delivery" for e in fit.act_examples(parsed, gold))

    assert deliveries(2) < deliveries(0)


@pytest.mark.usefixtures("one_model")
def test_a_fit_writes_tables_that_can_be_read_and_is_repeatable(
    fit: ModuleType, annotated: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("sklearn")
    written: list[dict[str, str]] = []
    for run in ("one", "two"):
        out = annotated / run
        out.mkdir()
        monkeypatch.setattr(sys, "argv", ["fit.py", str(annotated), "--out", str(out)])
        fit.main()
        written.append({path.name: path.read_text(encoding="utf-8") for path in sorted(out.iterdir())})
    assert written[0] == written[1]
    tables = {name.removesuffix(".weights.tsv") for name in written[0]}
    assert {"acts", "givers", "receivers"} <= tables <= set(fit.MODELS)
    report = capsys.readouterr().out
    assert all(f"{name}: nothing to fit" in report for name in set(fit.MODELS) - tables)
    assert "encounters" not in tables, "no encounter is annotated, so there is nothing to tell apart"
    acts = read_model(written[0]["acts.weights.tsv"].splitlines())
    assert set(acts.labels) == {"pledge", "delivery", "none"}
    assert set(acts.labels) - {"none"} <= set(STAGES)
    learned = acts.probabilities(["word=v:pledge", "class=promise&v", "tense=past&v"])
    assert max(learned, key=lambda label: learned[label]) == "pledge"
    for name in ("givers", "receivers"):
        model = read_model(written[0][f"{name}.weights.tsv"].splitlines())
        assert model.labels == ("score",)
        assert model.choose([["nobody"], ["same sentence=True"]])


def test_every_model_has_a_strength_and_a_shipped_table(fit: ModuleType) -> None:
    assert set(fit.STRENGTH) == set(fit.MODELS)
    assert all(strength > 0 for strength in fit.STRENGTH.values())
    assert {name for name in fit.MODELS if load_model(name) is None} == set()


def test_groups_are_ranked_and_single_examples_classified(fit: ModuleType) -> None:
    pytest.importorskip("sklearn")
    groups = [fit.Group("m", [(("nobody",), False), (("near",), True), (("far",), False)]) for _ in range(4)]
    labels, names, weights = fit.fit_any("givers", groups)
    assert labels == ["score"]
    assert set(names) == {"bias", "near", "far", "nobody"}
    score = dict(zip(names, weights[:, 0], strict=True))
    assert score["near"] > 0 > score["far"]
    examples = [fit.Example("m", (word,), label) for word, label in (("a", "x"), ("b", "y"), ("c", "z")) * 4]
    labels, names, weights = fit.fit_any("acts", examples)
    assert labels == ["x", "y", "z"]
    assert names == ["bias", "a", "b", "c"]
    assert weights.shape == (4, 3)
    assert [int(row.argmax()) for row in weights[1:]] == [0, 1, 2]


def test_a_group_may_weigh_less(fit: ModuleType) -> None:
    def near(weight: float) -> float:
        items = [(("near",), True), (("far",), False)]
        _, names, weights = fit.fit_ranking([fit.Group("m", items, weight)] * 3)
        return float(weights[names.index("near"), 0])

    assert near(0.5) < near(1.0)


def test_a_table_has_short_weights_and_no_empty_lines(fit: ModuleType) -> None:
    import numpy as np

    lines = list(fit.table(["a", "b"], ["bias", "x\ty", "weak"], np.array([[0.0, 0.0], [1.234, -2.0], [0.001, 0.0]])))
    assert lines == ["feature\ta\tb", "bias\t\t", "x y\t1.23\t-2"]


def row(**more: Any) -> dict[str, Any]:
    return {"evidence": "Norway pledged tents.", "trigger": "pledged", "stage": "pledge", "who": [], "to": []} | more


def test_an_annotation_without_words_leaves_its_evidence_out(fit: ModuleType, parse_text: Parse) -> None:
    parsed = parse_text("Norway pledged tents. Sweden pledged water.")
    gold = {"id": "r", "commitments": [row(trigger=None)]}
    assert [e.label for e in fit.act_examples(parsed, gold)] == ["none"]
    gold = {"id": "r", "commitments": [row()]}
    assert [e.label for e in fit.act_examples(parsed, gold)] == ["pledge", "none"]
