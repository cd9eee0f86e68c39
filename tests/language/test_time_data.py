"""The data files of times and quantities load and have the form that the grammar expects."""

from __future__ import annotations

from pledgetrail.language.lexicon import load


def test_months() -> None:
    data = load("months.toml")
    assert sorted(m["number"] for m in data["month"]) == list(range(1, 13))
    names = [name.lower() for m in data["month"] for name in m["names"]]
    assert len(names) == len(set(names))
    assert set(data["bare"]["ambiguous"]) <= set(names)
    assert {*data["weekdays"].values(), *data["weekdays_short"].values()} == set(range(7))
    assert set(data["seasons"].values()) == {21, 22, 23, 24}


def test_times() -> None:
    data = load("times.toml")
    assert set(data["parts"]) == {"early", "mid", "late"}
    assert set(data["openers"]) == {"from", "to"}
    assert set(data["shifts"].values()) == {-1, 0, 1}
    assert all(isinstance(days, int) for days in data["days"].values())
    words = [*data["days"], *data["shifts"], *data["vague"]["phrases"]]
    words += [w for group in ("parts", "openers", "leans", "names") for entry in data[group].values() for w in entry]
    assert all(word == word.lower().strip() and word for word in words)
    assert not set(data["leans"]["future"]) & set(data["leans"]["past"])


def test_numerals() -> None:
    data = load("numerals.toml")
    assert sorted(data["units"].values()) == list(range(20))
    assert set(data["tens"].values()) == set(range(20, 100, 10))
    for group in ("scales", "marks", "vague"):
        assert all(isinstance(n, int) and n >= 10 for n in data[group].values())
    assert set(data["words"]["unsure_marks"]) <= set(data["marks"])
    assert set(data["words"]["capital_labels"]) <= set(data["words"]["labels"])


def test_currencies() -> None:
    data = load("currencies.toml")
    codes = data["codes"]["list"]
    assert len(codes) == len(set(codes)) and all(len(c) == 3 and c.isupper() for c in codes)
    for code in [*data["symbols"].values(), *data["words"].values()]:
        assert code in ("", "dollar") or (len(code) == 3 and code.isupper()), code
    for stems in data["nations"].values():
        assert all(len(code) == 3 and code.isupper() for code in stems.values())
        assert all(any(word.startswith(stem) for word in data["words"]) for stem in stems)
    assert set(data["unsure"]["weights"]) <= set(data["unsure"]["words"]) <= set(data["words"])


def test_qualifiers() -> None:
    data = load("qualifiers.toml")
    forms = [entry["form"] for entry in data["qualifier"]]
    assert len(forms) == len(set(forms))
    before = [words for entry in data["qualifier"] for words in entry["before"]]
    assert len(before) == len(set(before)) and all(words == words.lower() for words in before)
