from __future__ import annotations

import csv
import datetime as dt
import json
import random
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pledgetrail.language.edtf import bounds
from pledgetrail.language.lexicon import load
from pledgetrail.records import Amount, Commitment, Party, Span
from pledgetrail.resolution.undertakings.states import STATES, TrailState, trail_state
from pledgetrail.resolution.undertakings.steps import Step, step
from pledgetrail.resolution.undertakings.strands import alike
from pledgetrail.resolution.undertakings.subjects import stem, stems, weight, window
from pledgetrail.resolution.undertakings.trails import Trail, homes, trails
from pledgetrail.vocabulary import STAGES


def state(code: str, name: str) -> Party:
    return Party(id=f"state-{code.lower()}", name=name, type="state", country=code)


AZE, PAK, TUR = state("AZE", "Azerbaijan"), state("PAK", "Pakistan"), state("TUR", "Türkiye")
UZB, JPN, NPL = state("UZB", "Uzbekistan"), state("JPN", "Japan"), state("NPL", "Nepal")
UNICEF = Party(id="org-unicef", name="UNICEF", type="organisation")
WFP = Party(id="org-wfp", name="World Food Programme", type="organisation")
FIRMS = Party(id="group-companies", name="companies", type="group")


def act(
    name: str, stage: str, by: Party | tuple[Party, ...], to: Party | tuple[Party, ...], what: str, **more: Any
) -> Step:
    """A row of a report of the day ``day`` (ISO, or None), told in the document ``document`` at ``start``."""
    day, sentence = more.pop("day", None), more.pop("sentence", what)
    document, start = more.pop("document", name), more.pop("start", 0)
    published = dt.date.fromisoformat(day) if day else None
    heard = more.pop("heard", None)
    amount = more.pop("amount", None)
    span = Span(document, start, start + len(sentence), sentence)
    content = Commitment(
        id=f"s-{name}",
        document=document,
        text_sha256="0",
        trigger=span,
        evidence=(span,),
        cells={},
        confidence=0.9,
        reader="rule",
        stage=stage,
        by=by if isinstance(by, tuple) else (by,),
        to=to if isinstance(to, tuple) else (to,),
        what=what,
        amount=Amount(float(amount), more.pop("currency", "USD"), str(amount)) if amount else None,
        **more,
    )
    return step(name, content, (published, dt.date.fromisoformat(heard) if heard else published))


def groups(steps: list[Step]) -> set[frozenset[str]]:
    return {frozenset(trail.rows) for trail in trails(steps)}


def together(*steps: Step) -> bool:
    return frozenset(s.row for s in steps) in groups(list(steps))


# --- what is one undertaking -----------------------------------------------------------------------


def school() -> list[Step]:
    return [
        act("promised", "pledge", UZB, AZE, "a secondary school in Fuzuli", day="2021-12-07", places=("Fuzuli",)),
        act("begun", "delivery", UZB, AZE, "work on the school in Fuzuli", day="2022-08-20", places=("Fuzuli",)),
        act("going on", "exploration", (UZB, AZE), (), "the new school in Fuzuli", day="2023-03-03"),
        act("opened", "completion", (AZE, UZB), (), "the school", day="2023-08-24", places=("Fuzuli",)),
    ]


def test_a_school_promised_begun_and_opened_is_one_trail_that_ends_in_completion() -> None:
    (trail,) = trails(school())
    assert trail.rows == ("promised", "begun", "going on", "opened")
    assert (trail.givers, trail.receivers) == (("UZB",), ("AZE",))
    assert {"school", "Fuzuli"} <= set(trail.subject)
    found = trail_state(school(), dt.date(2023, 9, 3))
    assert found == TrailState("completed", dt.date(2021, 12, 7), dt.date(2023, 8, 24), 10)


def test_another_place_or_another_works_is_another_undertaking() -> None:
    fuzuli = act("a", "pledge", UZB, AZE, "a school in Fuzuli", places=("Fuzuli",), day="2022-01-01")
    assert not together(fuzuli, act("b", "delivery", UZB, AZE, "a school", places=("Shusha",), day="2022-03-01"))
    assert not together(fuzuli, act("b", "delivery", UZB, AZE, "a hospital", places=("Fuzuli",), day="2022-03-01"))
    assert not together(fuzuli, act("b", "delivery", TUR, AZE, "a school", places=("Fuzuli",), day="2022-03-01"))
    assert together(fuzuli, act("b", "delivery", UZB, AZE, "the school", places=("Fuzuli",), day="2022-03-01"))


def test_what_is_opened_without_a_giver_joins_the_one_who_promised_it() -> None:
    promised = act("a", "pledge", UZB, AZE, "a school in Fuzuli", places=("Fuzuli",), day="2022-01-01")
    opened = act("b", "completion", (), (), "a school in Fuzuli", places=("Fuzuli",), day="2023-08-24")
    assert together(promised, opened)


def test_what_could_be_of_two_givers_makes_them_not_one() -> None:
    one = act("a", "pledge", UZB, AZE, "a school in Fuzuli", places=("Fuzuli",), day="2022-01-01")
    two = act("b", "pledge", TUR, AZE, "a school in Fuzuli", places=("Fuzuli",), day="2022-02-01")
    opened = act("c", "completion", (), (), "a school in Fuzuli", places=("Fuzuli",), day="2023-08-24")
    assert not any({"a", "b"} <= group for group in groups([one, two, opened]))


def test_after_the_completion_another_is_begun() -> None:
    old = school()
    new = act("next", "pledge", UZB, AZE, "a school in Fuzuli", places=("Fuzuli",), day="2024-05-01")
    assert groups([*old, new]) == {frozenset(s.row for s in old), frozenset({"next"})}


def test_reconstruction_makes_one_trail_per_partner() -> None:
    karabakh = {"places": ("Nagorno-Karabakh",)}
    steps = [
        act(
            "invited", "invitation", AZE, (FIRMS, PAK, TUR), "to help rebuild the region", day="2021-01-13", **karabakh
        ),
        act("promised", "pledge", PAK, AZE, "help rebuild Nagorno-Karabakh", day="2021-01-14"),
        act("asked", "request", AZE, PAK, "support in reconstruction of the territories", day="2021-01-15"),
        act("offered", "offer", TUR, AZE, "its part in the reconstruction of Karabakh", day="2023-06-01", **karabakh),
        act("talks", "agreement", (PAK, AZE), (), "cooperation in the economic and cultural sectors", day="2021-01-15"),
    ]
    found = trails(steps)
    assert {(t.givers, t.receivers, frozenset(t.rows)) for t in found if len(t.rows) > 1} == {
        (("PAK",), ("AZE",), frozenset({"invited", "promised", "asked"})),
        (("TUR",), ("AZE",), frozenset({"invited", "offered"})),
    }
    home = homes(found)
    assert found[home["invited"]].givers == ("PAK",)
    assert set(home) == {s.row for s in steps}


def test_general_support_joins_nothing() -> None:
    steps = [
        act("a", "pledge", JPN, NPL, "further support", day="2020-01-01"),
        act("b", "pledge", JPN, NPL, "support for the country", day="2020-01-05"),
        act("c", "agreement", (JPN, NPL), (), "closer cooperation and assistance", day="2020-01-09"),
    ]
    assert all(len(group) == 1 for group in groups(steps))


def test_a_request_told_beside_the_promise_that_answers_it() -> None:
    asked = act("asked", "request", NPL, JPN, "tents and blankets", document="d", start=10, day="2015-04-27")
    answer = act("answer", "pledge", JPN, NPL, "it", document="d", start=90, sentence="it will do so", day="2015-04-27")
    far = act("far", "pledge", JPN, NPL, "it", document="d", start=2000, sentence="it will do so", day="2015-04-27")
    assert together(asked, answer)
    assert not together(asked, far)


def test_sums_tell_promises_apart() -> None:
    first = act("a", "pledge", JPN, NPL, "emergency relief", amount=8e6, day="2015-04-27")
    assert not together(first, act("b", "pledge", JPN, NPL, "emergency relief", amount=5e6, day="2015-04-27"))
    assert together(
        first, act("b", "pledge", JPN, NPL, "emergency relief", amount=13e6, cumulative=True, day="2015-04-28")
    )
    assert together(first, act("b", "delivery", JPN, NPL, "emergency relief", day="2015-05-05"))


def test_an_equal_sum_is_the_promise_kept_but_a_round_one_may_be_chance() -> None:
    exact = act("a", "pledge", JPN, NPL, "rebuilding houses", amount=118.5e6, day="2015-06-25")
    assert together(exact, act("b", "disbursement", JPN, NPL, "", amount=118.5e6, day="2016-09-01"))
    round_one = act("a", "pledge", JPN, NPL, "vaccines", amount=1e6, day="2015-06-25")
    assert not together(round_one, act("b", "disbursement", JPN, NPL, "wheat", amount=1e6, day="2016-09-01"))


def test_a_further_sum_is_a_further_promise() -> None:
    first = act("a", "pledge", JPN, NPL, "$4 million of relief aid", amount=4e6, day="2015-04-27")
    again = act("b", "pledge", JPN, NPL, "$4 million of relief aid", amount=4e6, day="2015-04-29")
    further = act("b", "pledge", JPN, NPL, "a further $4 million of relief aid", amount=4e6, day="2015-05-05")
    told_again = act("c", "pledge", JPN, NPL, "another $4 million of relief aid", amount=4e6, day="2015-05-07")
    assert together(first, again)
    assert not together(first, further)
    assert together(further, told_again)


def test_one_report_that_tells_a_sum_twice_tells_two_sums() -> None:
    a = act("a", "pledge", JPN, NPL, "food", amount=4e6, day="2015-04-27", document="d")
    b = act("b", "pledge", JPN, NPL, "food for schools", amount=4e6, day="2015-04-27", document="d", start=900)
    assert not together(a, b)


def test_no_more_is_given_than_was_promised() -> None:
    promise = act("a", "pledge", JPN, NPL, "tents, blankets and stoves for hill villages", amount=5e6, day="2015-04-27")
    part = act("b", "delivery", JPN, NPL, "tents, blankets and stoves", amount=2e6, day="2015-06-01")
    more = act("b", "delivery", JPN, NPL, "tents, blankets and stoves", amount=9e6, day="2015-06-01")
    assert together(promise, part)
    assert not together(promise, more)


def test_what_points_at_another_makes_two_trails_not_one() -> None:
    tents = act("a", "request", NPL, JPN, "tents and blankets", document="d", start=0)
    it = act("it", "pledge", JPN, NPL, "it", document="d", start=100, sentence="it will do it")
    dam = act("b", "offer", JPN, NPL, "turbines and transformers", document="d", start=250)
    assert groups([tents, it, dam]) == {frozenset({"a", "it"}), frozenset({"b"})}


def test_sums_through_other_channels_are_other_undertakings() -> None:
    one = act("a", "pledge", JPN, (NPL, UNICEF), "emergency relief", amount=5.25e6, day="2015-04-27")
    two = act("b", "pledge", JPN, (NPL, WFP), "emergency relief", amount=5.25e6, day="2015-04-27")
    assert not together(one, two)


def test_a_purpose_is_silent_for_so_long_only() -> None:
    a = act("a", "pledge", JPN, NPL, "emergency relief", day="2015-04-27")
    days = window("humanitarian aid")
    near = (dt.date(2015, 4, 27) + dt.timedelta(days)).isoformat()
    far = (dt.date(2015, 4, 27) + dt.timedelta(days + 1)).isoformat()
    assert together(a, act("b", "delivery", JPN, NPL, "emergency relief", day=near))
    assert not together(a, act("b", "delivery", JPN, NPL, "emergency relief", day=far))


def test_the_taker_is_not_the_giver() -> None:
    a = act("a", "pledge", JPN, NPL, "rebuilding of the valley", day="2015-04-27")
    assert not together(a, act("b", "pledge", NPL, JPN, "rebuilding of the valley", day="2015-05-01"))
    assert together(a, act("b", "request", NPL, JPN, "rebuilding of the valley", day="2015-05-01"))


def test_rounding() -> None:
    assert alike(8.6e9, 8.57e9)
    assert alike(5.0, 5.0)
    assert not alike(8e9, 8.57e9)  # one digit is too few to tell
    assert not alike(8.5e9, 8.6e9)


# --- properties ------------------------------------------------------------------------------------

_OBJECTS = (
    "the reconstruction of the region",
    "a school in Fuzuli",
    "the school",
    "emergency relief",
    "support",
    "it",
    "hydropower plants on the Karnali",
    "blankets, tents and medicines for the hill villages",
)


@st.composite
def some_steps(draw: st.DrawFn) -> list[Step]:
    parties = (AZE, PAK, TUR, UZB)
    made = []
    for number in range(draw(st.integers(0, 12))):
        made.append(
            act(
                f"r{number:02}",
                draw(st.sampled_from(STAGES)),
                tuple(draw(st.lists(st.sampled_from(parties), max_size=3, unique=True))),
                tuple(draw(st.lists(st.sampled_from(parties), max_size=2, unique=True))),
                draw(st.sampled_from(_OBJECTS)),
                day=draw(st.sampled_from([None, "2021-01-13", "2021-02-01", "2023-05-05"])),
                amount=draw(st.sampled_from([None, 5e6, 118.5e6])),
                places=draw(st.sampled_from([(), ("Fuzuli",), ("Nagorno-Karabakh",)])),
                document=draw(st.sampled_from(["d", "e", f"f{number}"])),
                start=number * 300,
                cumulative=draw(st.booleans()),
            )
        )
    return made


@settings(max_examples=50)
@given(some_steps(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter_and_every_row_has_a_trail(steps: list[Step], chance: random.Random) -> None:
    found = trails(steps)
    shuffled = list(steps)
    chance.shuffle(shuffled)
    assert trails(shuffled) == found
    assert {row for trail in found for row in trail.rows} == {s.row for s in steps}
    assert len({trail.rows for trail in found}) == len(found)


@settings(max_examples=50)
@given(some_steps())
def test_an_unrelated_row_changes_no_other_trail(steps: list[Step]) -> None:
    other = act("other", "pledge", JPN, NPL, "reconstruction of the valley", day="2021-01-13", document="z")
    assert groups([*steps, other]) == groups(steps) | {frozenset({"other"})}


@settings(max_examples=50)
@given(some_steps(), st.dates(dt.date(2020, 1, 1), dt.date(2025, 1, 1)))
def test_states_hold_together(steps: list[Step], as_of: dt.date) -> None:
    found = trail_state(steps, as_of)
    assert found.state is None or found.state in STATES
    assert (found.first is None) == (found.last is None) == (found.silent_days is None)
    if found.first and found.last:
        assert found.first <= found.last <= as_of
        assert found.silent_days == (as_of - found.last).days
    assert trail_state(list(reversed(steps)), as_of) == found


# --- states ----------------------------------------------------------------------------------------


def test_every_stage_leads_to_a_state() -> None:
    for stage in STAGES:
        assert trail_state([act("a", stage, JPN, NPL, "aid", day="2020-01-01")]).state in STATES


def test_an_end_counts_until_it_goes_on() -> None:
    pledge = act("a", "pledge", JPN, NPL, "aid", day="2020-01-01")
    stop = act("b", "suspension", JPN, NPL, "aid", day="2020-06-01")
    again = act("c", "delivery", JPN, NPL, "aid", day="2020-09-01")
    assert trail_state([pledge, stop]).state == "suspended"
    assert trail_state([pledge, stop, again]).state == "delivering"
    assert trail_state([pledge, stop, again], dt.date(2020, 7, 1)).state == "suspended"
    assert trail_state([pledge, stop, again], dt.date(2020, 2, 1)).state == "promised"
    done = act("d", "completion", JPN, NPL, "aid", day="2020-05-01")
    assert trail_state([pledge, done, stop]).state == "completed"


def test_planned_and_denied_steps_reach_nothing() -> None:
    pledge = act("a", "pledge", JPN, NPL, "aid", day="2020-01-01", conditional=True)
    planned = act("b", "delivery", JPN, NPL, "aid", day="2020-02-01", planned=True, when="2021-05-01")
    denied = act("c", "disbursement", JPN, NPL, "aid", day="2020-03-01", negated=True, when="2020-02")
    found = trail_state([pledge, planned, denied], dt.date(2022, 1, 1))
    assert found == TrailState("promised", dt.date(2020, 1, 1), dt.date(2020, 3, 1), 671)
    assert trail_state([denied], dt.date(2022, 1, 1)).state is None


def test_the_last_sign_is_the_last_report_or_act() -> None:
    told = act("a", "pledge", JPN, NPL, "aid", day="2020-01-01", heard="2020-04-01", when="2019-12-30")
    assert trail_state([told]).first == dt.date(2019, 12, 30)
    assert trail_state([told]).last == dt.date(2020, 4, 1)
    vague = act("b", "delivery", JPN, NPL, "aid", day="2020-05-01", when="2020")
    assert trail_state([vague]) == TrailState("delivering", dt.date(2020, 1, 1), dt.date(2020, 5, 1), None)
    assert trail_state([act("c", "pledge", JPN, NPL, "aid")], dt.date(2020, 1, 1)) == TrailState(
        "promised", None, None, None
    )


# --- data ------------------------------------------------------------------------------------------


def test_data_files_have_their_form() -> None:
    data = load("undertakings.toml", "pledgetrail.resolution")
    names = [theme["name"] for theme in data["theme"]]
    assert len(names) == len(set(names))
    for theme in data["theme"]:
        assert theme["days"] > 0 and theme["words"]
        assert all(word == word.lower() for word in theme["words"])
    assert not set(stems(data["generic"])) & set(stems(data["works"]["words"]))
    text = files("pledgetrail.resolution").joinpath("data/object_words.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    assert rows[0]["word"] == "" and all(stem(row["word"]) == row["word"] or row["word"] for row in rows)
    assert all(0 < int(row["objects"]) <= int(rows[0]["objects"]) for row in rows)


def test_forms_of_a_word_have_one_stem() -> None:
    for forms in (["repair", "repairs", "repaired", "repairing"], ["supply", "supplies"], ["house", "houses"]):
        assert len(set(map(stem, forms))) == 1, forms
    assert stems("Türkiye's schools") == ["turkiy", "school"]
    assert weight("school") < weight("kindergarten")


# --- from reports ----------------------------------------------------------------------------------

_REPORTS = (
    (
        "2021-12-07",
        "TASHKENT, December 7 - Uzbekistan will build a secondary school in Fuzuli, the government in Tashkent said on "
        "Tuesday. Uzbekistan pledged to give the school to Azerbaijan, which retook the town in 2020.",
    ),
    (
        "2022-08-20",
        "BAKU, August 20 - Uzbekistan has delivered steel and cement for the school in Fuzuli that it promised to "
        "Azerbaijan last year. Builders began on Monday.",
    ),
    (
        "2023-03-03",
        "BAKU, March 3 - Furniture for the school in Fuzuli arrived in Azerbaijan from Uzbekistan on Thursday, the "
        "Azerbaijani education ministry said.",
    ),
    (
        "2023-08-24",
        "BAKU, August 24 - Azerbaijan and Uzbekistan opened a secondary school in Fuzuli on Wednesday. It has room for "
        "960 pupils.",
    ),
)


def read_steps(folder: Path) -> tuple[dict[str, dict[str, Any]], list[Step]]:
    """The rows of an export, and their steps."""

    def parties(cell: list[dict[str, Any]]) -> tuple[Party, ...]:
        return tuple(Party(p["id"], p["name"], p["type"], p["country"], tuple(p["aliases"])) for p in cell)

    days = {}
    for line in (folder / "documents.jsonl").read_text(encoding="utf-8").splitlines():
        document = json.loads(line)
        days[document["id"]] = bounds(document["published"])[0] if document["published"] else None
    rows, steps = {}, []
    for line in (folder / "commitments.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        evidence = tuple(Span(s["document"], s["start"], s["end"], s["quote"]) for s in row["evidence"])
        same = {
            name: row[name] for name in ("stage", "what", "when", "planned", "conditional", "negated", "cumulative")
        }
        amount = row["amount"] and Amount(row["amount"]["value"], row["amount"]["currency"], row["amount"]["text"])
        content = Commitment(
            id=row["id"],
            document=evidence[0].document,
            text_sha256="",
            trigger=evidence[0],
            evidence=evidence,
            cells={},
            confidence=row["confidence"],
            reader="",
            places=tuple(row["places"]),
            by=parties(row["by"]),
            to=parties(row["to"]),
            via=parties(row["via"]),
            amount=amount,
            flow=row["flow"],
            sector=row["sector"] and row["sector"]["code"],
            part_of=row["part_of"],
            **same,
        )
        told = sorted(day for s in evidence if (day := days[s.document]))
        rows[row["id"]] = row
        steps.append(step(row["id"], content, (told[0], told[-1]) if told else (None, None)))
    return rows, steps


def long_trails(steps: list[Step]) -> list[Trail]:
    return [trail for trail in trails(steps) if len(trail.rows) > 1]


def test_four_reports_of_a_school_are_one_trail(
    built: Callable[[str, Path], Path], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("school")
    reports = folder / "reports.jsonl"
    lines = [json.dumps({"id": f"r{n}", "published": day, "text": text}) for n, (day, text) in enumerate(_REPORTS, 1)]
    reports.write_text("\n".join(lines) + "\n", encoding="utf-8")
    rows, steps = read_steps(built("school", reports).with_suffix(""))
    (trail,) = [t for t in long_trails(steps) if "school" in t.subject]
    told = {span["document"] for row in trail.rows for span in rows[row]["evidence"]}
    assert told == {"r1", "r2", "r3", "r4"}
    assert (trail.givers, trail.receivers) == (("UZB",), ("AZE",))
    found = trail_state([s for s in steps if s.row in trail.rows], dt.date(2023, 9, 24))
    assert (found.state, found.silent_days) == ("completed", 31)


def test_the_seeds_have_a_trail_per_partner(built: Callable[[str, Path], Path], shared: Path) -> None:
    rows, steps = read_steps(built("seeds", shared / "seeds").with_suffix(""))
    found = {t.givers: t for t in trails(steps) if "reconstruction" in t.subject or "Nagorno-Karabakh" in t.subject}
    assert {("PAK",), ("TUR",), ("BLR",)} <= set(found)
    pakistan, belarus = found["PAK",], found["BLR",]
    assert {rows[row]["stage"] for row in pakistan.rows} >= {"invitation", "pledge", "request"}
    assert {rows[row]["stage"] for row in belarus.rows} >= {"invitation", "offer"}
    assert pakistan.receivers == belarus.receivers == ("AZE",)
    assert not set(pakistan.rows) & set(belarus.rows)
