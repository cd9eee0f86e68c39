from __future__ import annotations

import datetime as dt
import random
from typing import Any

import pytest

from pledgetrail.records import Amount, Commitment, Party, Span
from pledgetrail.resolution.undertakings.funnel import COLUMNS, Counted, FunnelLine, Sum, funnel
from pledgetrail.vocabulary import STAGES

JPN = Party(id="state-jpn", name="Japan", type="state", country="JPN")
DEU = Party(id="state-deu", name="Germany", type="state", country="DEU")
HTI = Party(id="state-hti", name="Haiti", type="state", country="HTI")
NPL = Party(id="state-npl", name="Nepal", type="state", country="NPL")
WFP = Party(id="org-wfp", name="World Food Programme", type="organisation")
DONORS = Party(id="group-donors", name="donors", type="group")
DAY = dt.date(2015, 6, 25)


def row(
    name: str, stage: str = "pledge", value: float | None = None, currency: str | None = "USD", **more: Any
) -> Counted:
    counted = {k: more.pop(k) for k in ("trail", "state", "silent_days", "ids") if k in more}
    day = more.pop("day", DAY)
    span = Span("d", 0, 1, "x")
    words: dict[str, Any] = {"by": (JPN,), "to": (NPL,), "what": "aid"}
    if value is not None:
        words["amount"] = Amount(value, currency, f"{value}")
    content = Commitment(
        id=f"s-{name}",
        document="d",
        text_sha256="0",
        trigger=span,
        evidence=(span,),
        cells={},
        confidence=0.9,
        reader="r",
        stage=stage,
        **(words | more),
    )
    return Counted(name, content, day, **counted)


def line(rows: list[Counted], by: Any = "by", key: str | None = "JPN", **more: Any) -> FunnelLine:
    return {found.key: found for found in funnel(rows, by, **more)}[key]


def total(found: tuple[Sum, ...]) -> dict[str | None, float]:
    return {s.currency: s.value for s in found}


def test_every_stage_is_in_one_column_or_none() -> None:
    stages = [stage for column in COLUMNS.values() for stage in column]
    assert len(stages) == len(set(stages))
    assert set(stages) <= set(STAGES)


def test_sums_are_never_added_across_stages() -> None:
    found = line(
        [row("a", value=100.0), row("b", "disbursement", 40.0), row("c", "delivery"), row("d", "agreement", 60.0)]
    )
    assert {name: total(c.sums) for name, c in found.columns.items()} == {
        "promised": {"USD": 100.0},
        "agreed": {"USD": 60.0},
        "disbursed": {"USD": 40.0},
        "delivered": {},
    }
    assert found.columns["delivered"].rows == 1
    assert found.name == "Japan"


def test_a_total_is_not_added_to_its_parts() -> None:
    rows = [
        row("all", value=100.0, to=(NPL, HTI), sector=None),
        row("one", value=70.0, to=(NPL,), part_of="s-all"),
        row("two", value=30.0, to=(HTI,), part_of="s-all"),
    ]
    assert total(line(rows).columns["promised"].sums) == {"USD": 100.0}
    nepal = line(rows, "to", "NPL").columns["promised"]
    assert (total(nepal.sums), total(nepal.joint)) == ({"USD": 70.0}, {"USD": 100.0})


def test_a_part_may_name_any_statement_of_its_total() -> None:
    rows = [row("all", value=100.0, ids=frozenset({"s-other"})), row("one", value=70.0, part_of="s-other")]
    assert total(line(rows).columns["promised"].sums) == {"USD": 100.0}


def test_parts_count_where_their_total_has_no_sum() -> None:
    rows = [row("all"), row("one", value=70.0, part_of="s-all"), row("two", value=20.0, part_of="s-all")]
    assert total(line(rows).columns["promised"].sums) == {"USD": 90.0}


def test_a_running_total_stands_for_its_increments() -> None:
    rows = [
        row("one", value=30.0, day=dt.date(2015, 5, 1)),
        row("two", value=20.0, day=dt.date(2015, 6, 1)),
        row("so far", value=50.0, day=dt.date(2015, 6, 1), cumulative=True),
        row("more", value=5.0, day=dt.date(2015, 7, 1)),
    ]
    assert total(line(rows).columns["promised"].sums) == {"USD": 55.0}
    rows.append(row("later", value=70.0, day=dt.date(2015, 8, 1), cumulative=True))
    assert total(line(rows).columns["promised"].sums) == {"USD": 70.0}


def test_a_running_total_of_less_than_its_increments_was_of_something_narrower() -> None:
    rows = [row("one", value=30.0), row("two", value=40.0), row("so far", value=50.0, cumulative=True)]
    assert total(line(rows).columns["promised"].sums) == {"USD": 70.0}


def test_a_running_total_holds_nothing_of_other_takers_and_sectors() -> None:
    rows = [
        row("haiti", value=30.0, to=(HTI,)),
        row("food", value=7.0, sector="520"),
        row("health", value=9.0, sector="120"),
        row("nepal food", value=10.0, sector="520", cumulative=True),
    ]
    assert total(line(rows).columns["promised"].sums) == {"USD": 49.0}


def test_an_undertaking_names_a_sum_once_a_stage() -> None:
    rows = [row("a", value=30.0, trail="t"), row("b", value=30.0, trail="t"), row("c", value=30.0, trail="u")]
    found = line(rows).columns["promised"]
    assert (found.rows, total(found.sums)) == (3, {"USD": 60.0})


def test_conditional_planned_and_denied_stand_apart() -> None:
    rows = [
        row("a", value=1.0),
        row("b", value=2.0, conditional=True),
        row("c", value=4.0, planned=True, conditional=True),
        row("d", value=8.0, negated=True, planned=True),
    ]
    found = line(rows)
    kinds = [found.columns, found.conditional, found.planned, found.denied]
    assert [total(kind["promised"].sums) for kind in kinds] == [{"USD": 1.0}, {"USD": 2.0}, {"USD": 4.0}, {"USD": 8.0}]


def test_what_several_give_is_counted_for_them_together() -> None:
    found = line([row("a", value=10.0, by=(JPN, DEU)), row("b", value=1.0)])
    assert total(found.columns["promised"].sums) == {"USD": 1.0}
    assert total(found.columns["promised"].joint) == {"USD": 10.0}
    assert found.columns["promised"].rows == 2


def test_who_is_asked_is_the_giver() -> None:
    rows = [row("a", "request", 5.0, by=(NPL,), to=(JPN,))]
    assert total(line(rows).columns["requested"].sums) == {"USD": 5.0}
    assert total(line(rows, "to", "NPL").columns["requested"].sums) == {"USD": 5.0}


def test_places_sectors_and_the_unnamed() -> None:
    rows = [row("a", places=("Gorkha",), sector="730"), row("b", by=(DONORS,), to=(WFP,))]
    assert [(f.key, f.name) for f in funnel(rows, "place")] == [("Gorkha", "Gorkha"), (None, None)]
    assert [(f.key, f.name) for f in funnel(rows, "sector")] == [
        ("730", "Reconstruction, relief and rehabilitation"),
        (None, None),
    ]
    assert [f.key for f in funnel(rows, "by")] == ["JPN", None]
    assert [f.name for f in funnel(rows, "to")] == ["Nepal", "World Food Programme"]


def test_currencies_stay_apart_and_are_converted_beside() -> None:
    day = dt.date(2014, 3, 28)  # 1 EUR = 1.3759 USD
    rows = [row("a", value=100.0, currency="EUR", day=day), row("b", value=7.0, currency="EUR", day=None)]
    rows += [row("c", value=5.0, day=None), row("d", value=9.0, currency=None), row("e", value=4e9, currency="NPR")]
    sums = {s.currency: s for s in line(rows).columns["promised"].sums}
    assert sums["EUR"] == Sum("EUR", 107.0, 2, pytest.approx(137.59), 1)
    assert sums["USD"] == Sum("USD", 5.0, 1, 5.0, 0)
    assert sums["NPR"] == Sum("NPR", 4e9, 1, None, 1)
    assert sums[None] == Sum(None, 9.0, 1, None, 1)
    assert list(sums) == ["EUR", "NPR", "USD", None]


def test_silent_promises() -> None:
    rows = [
        row("a", value=10.0, trail="t", state="promised", silent_days=400),
        row("b", "agreement", trail="t", state="promised", silent_days=400),
        row("c", value=20.0, trail="u", state="promised", silent_days=300),
        row("d", value=40.0, trail="v", state="delivering", silent_days=900),
        row("e", value=80.0, trail="w", state="promised", silent_days=None),
    ]
    found = line(rows)
    assert (found.silent_trails, found.silent.rows, total(found.silent.sums)) == (1, 1, {"USD": 10.0})
    assert line(rows, silent_after=200).silent_trails == 2


def test_the_order_of_rows_does_not_matter() -> None:
    rows = [
        row(
            f"r{n}",
            stage,
            value=float(n),
            by=(JPN,) if n % 3 else (DEU,),
            cumulative=n % 4 == 0,
            day=DAY - dt.timedelta(n),
        )
        for n, stage in enumerate(["pledge", "delivery", "disbursement"] * 6, start=1)
    ]
    expected = list(funnel(rows, "by"))
    for seed in range(5):
        random.Random(seed).shuffle(rows)
        assert list(funnel(rows, "by")) == expected
