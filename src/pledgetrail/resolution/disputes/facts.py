"""Where reports differ in a fact: who sat at the table, on which day, and what one row's reports say of a cell.

Casts of encounters are often told in part, so a longer list does not contradict a shorter one. Two casts contradict
each other when each has somebody whom the other leaves out and they otherwise agree so far that one encounter is meant.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pledgetrail.language.edtf import days_of
from pledgetrail.language.forms import fold_lower
from pledgetrail.records import AnyStatement, Encounter, Party, Span
from pledgetrail.resolution.disputes.claims import (
    Claim,
    Disagreement,
    Relation,
    Report,
    Telling,
    party_key,
    tellings,
)
from pledgetrail.resolution.disputes.populations import place_key

#: A cast must have so many parties, share so many with the other, and make up so much of the longer one: two meetings
#: of a day commonly share one party, the host, and a pair of guests each.
CAST: Final = 3
SHARED: Final = 2
SHARE: Final = 0.5

#: Kinds whose cast is told as a whole; of a conference or a call, everybody names whom he likes.
_CLOSED: Final = frozenset({"meeting", "visit", "signing"})

#: One encounter told on days so far apart may be one; further apart they are two.
DAYS: Final = 3

#: Each encounter is compared with at most so many after it in its group.
REACH: Final = 32

#: Cells of a row in which another value is no other wording. Numbers have their claims, see claims.py.
_CELLS: Final = ("by", "to", "via", "participants", "when", "period", "amount")


@dataclass(frozen=True, slots=True)
class Meeting:
    """A compact record of an encounters row, as one cast is told of it."""

    row: str
    kind: str
    cast: tuple[tuple[str, str], ...]  # keys and names of the parties, by key; a state and its speakers are one
    place: str | None
    when: tuple[dt.date | None, dt.date | None]
    planned: bool
    tellings: tuple[Telling, ...]

    @property
    def keys(self) -> frozenset[str]:
        """The keys of the cast."""
        return frozenset(key for key, _ in self.cast)

    @property
    def day(self) -> dt.date | None:
        """The day it was on, if that is one day."""
        return self.when[0] if self.when[0] == self.when[1] else None


def meetings(
    row: str, content: Encounter, statements: Sequence[Encounter] = (), reports: Mapping[str, Report] | None = None
) -> list[Meeting]:
    """The meetings of a row of encounters: one for each cast and day that its statements tell."""
    groups: dict[tuple[object, ...], list[Encounter]] = defaultdict(list)
    for s in sorted(statements, key=lambda s: (s.document, s.trigger.start, s.id)) or [content]:
        groups[_cast(s.participants), s.when or content.when or ""].append(s)
    found = []
    for cast, when in sorted(groups, key=repr):
        told = groups[cast, when]
        places = [place for s in (*told, content) for place in s.places]
        found.append(
            Meeting(
                row,
                content.encounter,
                _cast(told[0].participants),
                place_key(places[0]) if places else None,
                days_of(str(when)),
                content.planned,
                tellings(told, reports or {}),
            )
        )
    return found


def _cast(parties: Iterable[Party]) -> tuple[tuple[str, str], ...]:
    """The parties by key; of a state and its people, the state's own name, else the first in alphabetical order.

    Nameless groups ("coalition partners") are left out: whom they are, nobody can compare.
    """
    names: dict[str, tuple[bool, str]] = {}
    for party in parties:
        if party.type == "group":
            continue
        ranked = (party.type != "state", party.name)
        names[party_key(party)] = min(names.get(party_key(party), ranked), ranked)
    return tuple(sorted((key, name) for key, (_, name) in names.items()))


def table_disagreements(found: Iterable[Meeting]) -> list[Disagreement]:
    """Who sat at the table, and on which day: pairs of meetings that are one encounter and differ in it.

    Encounters of one day that share most of a cast of three or more differ in ``participants``; those of one and the
    same cast, told by reports of one story or of three parties or more, on days a little apart, differ in ``when``.
    Planned encounters are left out: plans change. Two encounters that one report tells are two.
    """
    ordered = sorted(
        (m for m in found if not m.planned and m.kind in _CLOSED), key=lambda m: (m.row, m.cast, repr(m.when))
    )
    pairs: dict[tuple[int, int], str] = {}
    for group in _groups(ordered):
        for position, i in enumerate(group):
            for j in group[position + 1 : position + 1 + REACH]:
                cell = _differ(ordered[i], ordered[j])
                if cell is not None:
                    pairs[min(i, j), max(i, j)] = cell
    return [_pair(ordered[i], ordered[j], cell) for (i, j), cell in sorted(pairs.items())]


def _groups(found: Sequence[Meeting]) -> Iterator[list[int]]:
    groups: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for index, meeting in enumerate(found):
        for key, *_ in keys(meeting):
            groups[key].append(index)
    for group in sorted(groups, key=repr):
        yield sorted(groups[group], key=lambda i: (found[i].day or dt.date.max, i))


def keys(meeting: Meeting) -> Iterator[tuple[tuple[object, ...], dt.date, dt.date, int]]:
    """The keys of the groups that a meeting is in, at most one more than its cast has parties; with its day, twice, and
    the days beyond which the next meeting of the group has no bearing on it.
    """
    day = meeting.day
    if day is None or meeting.planned or meeting.kind not in _CLOSED:
        return
    if len(meeting.cast) >= CAST:
        for key in sorted(meeting.keys):
            yield ("day", meeting.kind, day, key), day, day, 0
    if len(meeting.cast) >= SHARED:
        yield ("cast", meeting.kind, tuple(sorted(meeting.keys))), day, day, DAYS


def _differ(a: Meeting, b: Meeting) -> str | None:
    """The cell in which two meetings differ that are one encounter; None where they are two, or agree."""
    if a.place and b.place and a.place != b.place:
        return None
    if {t.document for t in a.tellings} & {t.document for t in b.tellings}:
        return None
    if a.day is None or b.day is None:
        return None
    if a.day == b.day:
        longest, shared = max(len(a.cast), len(b.cast)), len(a.cast) - len(_odd(a, b))
        contradict = _odd(a, b) and _odd(b, a) and min(len(a.cast), len(b.cast)) >= CAST
        return "participants" if contradict and shared >= SHARED and shared >= SHARE * longest else None
    story = {t.story for t in a.tellings if t.story} & {t.story for t in b.tellings if t.story}
    near = abs((a.day - b.day).days) <= DAYS and (story or len(a.keys) >= CAST)
    return "when" if a.keys == b.keys and near else None


def _pair(a: Meeting, b: Meeting, cell: str) -> Disagreement:
    def words(m: Meeting) -> str:
        return ", ".join(name for _, name in m.cast) if cell == "participants" else str(m.day)

    first, second = (Claim(m.row, cell, words(m), m.tellings) for m in (a, b))
    place = f" in {a.place or b.place}" if a.place or b.place else ""
    cast = sorted({name for key, name in (*a.cast, *b.cast) if key in a.keys & b.keys})
    day = f" on {a.day}" if cell == "participants" else ""
    how = _odd_ones(a, b) if cell == "participants" else f"{words(a)} against {words(b)}"
    relation = Relation(0, 1, "competing", how)
    return Disagreement(cell, f"{a.kind} of {', '.join(cast)}{place}{day}", "competing", (first, second), (relation,))


def _odd(a: Meeting, b: Meeting) -> list[str]:
    """Whom ``a`` has and ``b`` has not, neither by key nor by name."""
    keys, names = b.keys, {fold_lower(name) for _, name in b.cast}
    return [name for key, name in a.cast if key not in keys and fold_lower(name) not in names]


def _odd_ones(a: Meeting, b: Meeting) -> str:
    return f"{', '.join(_odd(a, b))} against {', '.join(_odd(b, a))}"


def alternatives(
    row: str,
    content: AnyStatement,
    found: Sequence[Mapping[str, Any]],
    statements: Sequence[AnyStatement] = (),
    reports: Mapping[str, Report] | None = None,
) -> list[Disagreement]:
    """The competing values within a row (``Row.alternatives``) as disagreements of fact, one a cell.

    Left out are values that say less or more and no other: a part of the parties or all of them and others, a day
    within the month shown, and other claimants of a number, who are no contradiction.
    """
    known, by_cell = reports or {}, defaultdict(list)
    for other in found:
        if other["cell"] in _CELLS:
            by_cell[str(other["cell"])].append(other)
    disagreements = []
    for cell, others in sorted(by_cell.items()):
        shown = getattr(content, cell, None)
        rivals = [o for o in others if _contradicts(shown, o["value"])]
        if not rivals:
            continue
        mine = [s for s in statements if getattr(s, cell, None) == shown] or [content]
        claims = [Claim(row, cell, _words(shown), tellings(mine, known))]
        claims += [Claim(row, cell, _words(o["value"]), _spans_told(o["evidence"], known)) for o in rivals]
        hows = [f"{claims[0].words} against {claim.words}" for claim in claims[1:]]
        relations = tuple(Relation(0, n, "competing", how) for n, how in enumerate(hows, 1))
        about = f"{content.kind}: {content.trigger.quote}"
        disagreements.append(Disagreement(cell, about, "competing", tuple(claims), relations))
    return disagreements


def _spans_told(spans: Iterable[Span], known: Mapping[str, Report]) -> tuple[Telling, ...]:
    found = []
    for span in spans:
        report = known.get(span.document) or Report(span.document, span.document)
        found.append(Telling(span.document, report.origin, report.outlet, report.days, report.story, span))
    return tuple(sorted(found, key=lambda t: t.order))


def _keys(value: Any) -> frozenset[str]:
    """Keys of parties as records or in the form of the export contract."""
    parties = value if isinstance(value, list | tuple) else [value]
    return frozenset(party_key(p) if isinstance(p, Party) else str(p.get("country") or p.get("id")) for p in parties)


def _contradicts(shown: Any, other: Any) -> bool:
    if not shown or not other:
        return False
    if isinstance(shown, str):
        (first, last), (start, end) = days_of(shown), days_of(str(other))
        return bool((last and start and last < start) or (first and end and end < first))
    if isinstance(shown, tuple):
        mine, theirs = _keys(shown), _keys(other)
        return not (mine <= theirs or theirs <= mine)
    return True


def _words(value: Any) -> str:
    """A cell's value for a reader: names of parties, the words of a sum, the day."""
    if isinstance(value, list | tuple):
        return ", ".join(_words(item) for item in value)
    if isinstance(value, Mapping):
        return str(value.get("name") or value.get("text") or "")
    return str(getattr(value, "name", None) or getattr(value, "text", None) or value)
