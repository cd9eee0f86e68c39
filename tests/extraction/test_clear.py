"""Sayings that leave no doubt: the form of ``clear.toml``, what fires its rules and what does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pledgetrail.extraction import clear as clear_module
from pledgetrail.extraction.candidates import propose
from pledgetrail.extraction.clear import Saying, clear, sayings
from pledgetrail.extraction.views import View
from pledgetrail.language.lexicon import load
from pledgetrail.vocabulary import STAGES

ViewOf = Callable[..., View]

RULES: list[dict[str, Any]] = load("clear.toml", "pledgetrail.extraction")["saying"]
TRIGGERS = load("triggers.toml", "pledgetrail.extraction")
OBJECTS = load("objects.toml", "pledgetrail.extraction")["nouns"]


def fired(view: View) -> list[tuple[str, Saying]]:
    """The words of a view on which a rule fires, each with its rule."""
    found = [(view.doc[c.token].lower_, clear(view, c)) for c in propose(view)]
    return [(word, saying) for word, saying in found if saying is not None]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule['stage']}-{rule['words'][0]}")
def test_a_rule_is_well_formed(view_of: ViewOf, rule: dict[str, Any]) -> None:
    assert set(rule) == {"stage", "pos", "words", "needs", "share"}
    assert rule["stage"] in STAGES
    assert 0 < rule["share"] <= 1
    known = {word for words in TRIGGERS[f"{rule['pos']}s"].values() for word in words.split()}
    assert rule["words"] and set(rule["words"]) <= known, "a word that no class of triggers.toml proposes"
    assert len(set(rule["words"])) == len(rule["words"])
    assert rule["needs"], "a rule without a condition would take every use of its word"
    view = view_of("Norway pledged tents.")
    (candidate,) = propose(view)
    for need in rule["needs"]:
        clear_module._holds(view, candidate, need)  # raises on a condition that it does not know
        kind, _, value = need.partition(":")
        assert kind != "object" or not value or value in OBJECTS
        assert kind not in ("prep", "modifier", "noun") or value


def test_an_unknown_condition_is_named(view_of: ViewOf) -> None:
    view = view_of("Norway pledged tents.")
    (candidate,) = propose(view)
    with pytest.raises(ValueError, match="full moon"):
        clear_module._holds(view, candidate, "full moon")


def test_every_rule_is_found_by_its_words_the_surest_first() -> None:
    table = sayings()
    for rule in RULES:
        for word in rule["words"]:
            assert any(s.stage == rule["stage"] and s.share == rule["share"] for s in table[rule["pos"], word])
    for rules in table.values():
        assert [s.share for s in rules] == sorted((s.share for s in rules), reverse=True)


@pytest.mark.parametrize(
    ("text", "word", "stage"),
    [
        ("Norway pledged $5 million to Nepal.", "pledged", "pledge"),
        ("Japan assured them of its full support.", "assured", "pledge"),
        pytest.param(
            "Japan assured Nepal of its full support.",
            "assured",
            "pledge",
            marks=pytest.mark.xfail(strict=True, reason="“of” is looked for under the verb, not its object"),
        ),
        ("Turkey and Iran agreed to build a railway.", "agreed", "agreement"),
        ("Norway and Chile signed a memorandum on fishing.", "signed", "agreement"),
        ("The Norwegian-brokered ceasefire was kept.", "ceasefire", "agreement"),
        ("Turkey and Iran examined the possibility of building a railway.", "examined", "exploration"),
        ("Ukraine invited Polish firms to rebuild Kharkiv.", "invited", "invitation"),
        ("Nepal appealed for tents.", "appealed", "request"),
        ("Nepal's appeal for aid was heard.", "appeal", "request"),
        ("Norway urged Chile to open the border.", "urged", "call"),
        ("Japan offered to send engineers to Nepal.", "offered", "offer"),
        (
            "“We will send tents if Nepal asks for them,” Japanese Foreign Minister Kenji Morita said.",
            "send",
            "offer",
        ),
    ],
)
def test_a_clear_saying_fires(view_of: ViewOf, text: str, word: str, stage: str) -> None:
    assert (word, stage) in [(found, saying.stage) for found, saying in fired(view_of(text))]


@pytest.mark.parametrize(
    "text",
    [
        "Norway did not pledge $5 million to Nepal.",
        "Turkey and Iran have not agreed to build a railway.",
        "Ukraine did not invite Polish firms to rebuild Kharkiv.",
        "Norway never offered to send engineers to Nepal.",
        "Norway and Chile failed to sign a memorandum on fishing.",
    ],
)
def test_a_negated_saying_does_not_fire(view_of: ViewOf, text: str) -> None:
    assert fired(view_of(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "The weather promised rain.",
        "Norway agreed that the river is long.",
        "Norway examined the bridge.",
        "Nepal was invited to the meeting.",
        "“We will see,” Japanese Foreign Minister Kenji Morita said.",
    ],
)
def test_what_is_not_so_clear_is_left_to_the_weights(view_of: ViewOf, text: str) -> None:
    assert fired(view_of(text)) == []


def test_a_rule_has_a_name_for_the_trace(view_of: ViewOf) -> None:
    ((_, saying),) = fired(view_of("Norway pledged $5 million to Nepal."))
    assert saying.name == "pledge/promise/vow with actor, no passive"
