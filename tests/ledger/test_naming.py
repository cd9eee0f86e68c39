"""Ids of groups through time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pledgetrail.ledger.naming import name_groups

MEMBERS = st.text("abcdefgh", min_size=1, max_size=1)
GROUPS = st.lists(st.frozensets(MEMBERS, min_size=1), max_size=5, unique=True).map(
    lambda found: [sorted(group) for group in found]
)


def test_a_group_that_grows_keeps_its_id() -> None:
    (name,) = name_groups([["a", "b"]], {}, "t")
    assert name_groups([["a", "b", "c"]], {name: ["a", "b"]}, "t") == [name]


def test_a_group_that_falls_apart_leaves_its_id_to_the_larger_part() -> None:
    first, second = name_groups([["a"], ["b", "c"]], {"t-1": ["a", "b", "c"]}, "t")
    assert second == "t-1" != first


def test_groups_that_join_take_the_id_of_the_larger() -> None:
    assert name_groups([["a", "b", "c"]], {"t-1": ["a"], "t-2": ["b", "c"]}, "t") == ["t-2"]


def test_another_group_changes_no_id() -> None:
    one = name_groups([["a", "b"]], {}, "t")
    assert name_groups([["0"], ["a", "b"]], {one[0]: ["a", "b"]}, "t")[1] == one[0]


@given(GROUPS, GROUPS)
def test_ids_are_distinct_and_stay(then: list[list[str]], now: list[list[str]]) -> None:
    before = dict(zip(name_groups(then, {}, "t"), then, strict=True))
    assert len(before) == len(then)
    named = name_groups(now, before, "t")
    assert len(set(named)) == len(now)
    again = dict(zip(named, now, strict=True))
    assert name_groups(now, again, "t") == named
