"""Acts of several reports that are one act: what is compared, how candidates are found, how they are grouped.

Every comparison looks at two acts alone, and candidates are found by keys that follow from one act alone. So the groups
are a function of the set of acts, whatever the order and the portions in which reports come.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from pledgetrail.records import AnyStatement, Commitment, Encounter, Party
from pledgetrail.resolution.acts import SAME_OBJECT, content_words
from pledgetrail.resolution.rows import Folded

#: Days that the reports of one act may lie apart where the act's own day is not told in both: news of a sum is
#: repeated for a week, a count of losses is out of date after two days.
WINDOW: Final = {"sum": 7, "object": 3, "encounter": 2, "figure": 2}

#: A date is precise enough to compare days if it allows no more of them than this.
_PRECISE: Final = 8

#: Days in a bucket of the index. Two precise dates within the widest window start at most two buckets apart.
_BUCKET: Final = 8

#: Parties and words of an act that go into its keys: bounds the index; a pair needs but one key in common.
_KEYED_PARTIES: Final = 4
_KEYED_WORDS: Final = 3

#: Words from which on a sentence that stands in two reports is taken for the same sentence, not for a set phrase.
_LONG_SENTENCE: Final = 8

#: Share of the longer object's words that must be common: a package that also has tents is not the tents.
_OF_LONGER: Final = 0.4

#: Participants that two reports of an encounter must both name.
_COMMON: Final = 2


@dataclass(frozen=True, slots=True)
class Signature:
    """What is compared of an act. Days are proleptic ordinals; ``first`` and ``last`` are None where nothing tells."""

    row: str
    order: str  # of the acts of a ledger, whatever their rows came to be called
    kind: str
    sort: str  # stage, kind of encounter, measure
    flags: str
    actors: frozenset[str]  # who acts: givers, participants, the claimant
    receivers: frozenset[str]
    sum: str | None  # value and currency, or the figure counted
    words: frozenset[str]
    places: frozenset[str]
    first: int | None
    last: int | None
    told: bool  # the days are the act's own, not its report's
    sentence: str | None  # equal for acts that stand at the same place of the same sentence
    documents: frozenset[str]


def signature(row: str, folded: Folded, days: tuple[dt.date | None, dt.date | None], *, own: bool) -> Signature:
    """The signature of a row. ``days``: the first and last that its act may have happened on; ``own``: they are told
    of the act itself, and not of the report that tells it.
    """
    content = folded.content
    first, last = (day.toordinal() if day else None for day in days)
    if first is None or last is None or last - first > _PRECISE:
        first = last = None
    sort, actors, receivers, total, words = _matter(content)
    return Signature(
        row=row,
        order=min(statement.id for statement in folded.statements),
        kind=content.kind,
        sort=sort,
        flags=_flags(content),
        actors=actors,
        receivers=receivers,
        sum=total,
        words=words,
        places=frozenset(place.casefold() for place in content.places),
        first=first,
        last=last,
        told=own and first is not None,
        sentence=_sentence(content),
        documents=frozenset(statement.document for statement in folded.statements),
    )


def _matter(content: AnyStatement) -> tuple[str, frozenset[str], frozenset[str], str | None, frozenset[str]]:
    if isinstance(content, Commitment):
        total = f"{content.amount.value:.15g} {content.amount.currency}" if content.amount else None
        by, to = party_keys(content.by), party_keys((*content.to, *content.via))
        if content.stage == "agreement":  # its sides have no order
            by, to = by | to, frozenset()
        return (
            content.stage,
            by,
            to,
            total,
            content_words(content.what) - _names((*content.by, *content.to, *content.via)),
        )
    if isinstance(content, Encounter):
        return content.encounter, party_keys(content.participants), frozenset(), None, frozenset()
    value = content.value if content.value is not None else (content.low, content.high)
    counted = f"{value} {content.currency} {content.qualifier}"
    claimant = party_keys((content.claimed_by,)) if content.claimed_by else frozenset()
    return content.measure, claimant, frozenset(), counted, content_words(f"{content.of or ''} {content.unit}")


def _names(parties: Sequence[Party]) -> frozenset[str]:
    return frozenset(word for party in parties for name in (party.name, *party.aliases) for word in content_words(name))


def _flags(content: AnyStatement) -> str:
    names = ("negated", "cumulative", "conditional", "planned")
    return "".join(str(int(bool(getattr(content, name, False)))) for name in names)


def party_keys(parties: Sequence[Party]) -> frozenset[str]:
    """Whom parties stand for: their country, or themselves where they have none."""
    return frozenset(p.country or p.id for p in parties)


def _sentence(content: AnyStatement) -> str | None:
    """The words of the act's sentence and the place of its trigger among them; None for a short one."""
    around = next((s for s in content.evidence if s.start <= content.trigger.start < s.end), None)
    if around is None or around.document != content.trigger.document:
        return None
    words = re.findall(r"\w+", around.quote.casefold())
    if len(words) < _LONG_SENTENCE:
        return None
    before = len(re.findall(r"\w+", around.quote[: content.trigger.start - around.start]))
    return f"{_digest(' '.join(words)):x}.{before}"


def keys(one: Signature) -> list[int]:
    """Under what an act is found: at most some twenty numbers of 63 bits."""
    bucket = None if one.first is None else one.first // _BUCKET
    return _hashed(_named(one, [] if bucket is None else [bucket]))


def probes(one: Signature) -> list[int]:
    """Where to look for the acts that may be the same: the act's keys, also of the neighbouring days."""
    if one.first is None or one.last is None:
        return keys(one)
    return _hashed(_named(one, list(range(one.first // _BUCKET - 2, one.last // _BUCKET + 3))))


def _named(one: Signature, buckets: Sequence[int]) -> Iterator[str]:
    if one.sentence:
        yield f"s|{one.kind}|{one.sort}|{one.sentence}"
    names = list(_things(one)) if buckets else []
    yield from (f"{name}|{bucket}" for name in names for bucket in buckets)


def _things(one: Signature) -> Iterator[str]:
    actors = sorted(one.actors)[:_KEYED_PARTIES]
    if one.kind == "encounter":
        yield from (f"e|{one.sort}|{a}|{b}" for a, b in combinations(actors, 2))
        return
    words = sorted(one.words, key=lambda w: (-len(w), w))[:_KEYED_WORDS]
    if one.kind == "figure":
        yield from (f"f|{one.sort}|{one.sum}|{thing}" for thing in words)
        return
    things = [one.sum] if one.sum else words
    yield from (f"c|{one.sort}|{actor}|{thing}" for actor in actors for thing in things)


def _hashed(names: Iterable[str]) -> list[int]:
    return sorted({_digest(name) for name in names})


def _digest(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()) >> 1


def same_act(a: Signature, b: Signature) -> bool:
    """Whether two acts of different reports are one act. Nothing is joined on a doubt.

    The kind, the stage and what qualifies it are equal, and either the same sentence tells both, or parties, matter
    and days agree. Acts that one report tells apart stay apart.
    """
    if (a.kind, a.sort, a.flags) != (b.kind, b.sort, b.flags) or a.documents & b.documents:
        return False
    if a.sentence and a.sentence == b.sentence and a.sum == b.sum and _within(a, b, WINDOW["sum"], unknown=True):
        return True
    return _COMPARED[a.kind](a, b)


def _commitments(a: Signature, b: Signature) -> bool:
    if not a.actors or not b.actors or not _holds(a.actors, b.actors):
        return False
    if a.sum or b.sum:
        return a.sum == b.sum and _holds(a.receivers, b.receivers, silent=True) and _within(a, b, WINDOW["sum"])
    if not _holds(a.receivers, b.receivers, silent=a.sort == "agreement"):
        return False
    return _same_object(a.words, b.words, 2) and _within(a, b, WINDOW["object"])


def _encounters(a: Signature, b: Signature) -> bool:
    if len(a.actors & b.actors) < _COMMON or not _holds(a.actors, b.actors):
        return False
    return _holds(a.places, b.places, silent=True) and _within(a, b, WINDOW["encounter"])


def _figures(a: Signature, b: Signature) -> bool:
    if a.sum != b.sum or not _holds(a.actors, b.actors, silent=True) or not _holds(a.places, b.places, silent=True):
        return False
    return _same_object(a.words, b.words, 1) and _within(a, b, WINDOW["figure"])


_COMPARED: Final[dict[str, Callable[[Signature, Signature], bool]]] = {
    "commitment": _commitments,
    "encounter": _encounters,
    "figure": _figures,
}


def _holds(a: frozenset[str], b: frozenset[str], *, silent: bool = False) -> bool:
    """Whether one holds the other. ``silent``: not to say it at all contradicts nothing."""
    if not a or not b:
        return silent or a == b
    return a <= b or b <= a


def _same_object(a: frozenset[str], b: frozenset[str], least: int) -> bool:
    """Whether two objects share at least so many words, most of the shorter one's and a good part of the longer's."""
    common = len(a & b)
    return (
        common >= least and common >= SAME_OBJECT * min(len(a), len(b)) and common >= _OF_LONGER * max(len(a), len(b))
    )


def _within(a: Signature, b: Signature, days: int, *, unknown: bool = False) -> bool:
    """Whether the days agree: they overlap where both are told, else they lie no further apart than so many days."""
    if a.first is None or a.last is None or b.first is None or b.last is None:
        return unknown
    gap = max(a.first - b.last, b.first - a.last, 0)
    return gap == 0 if a.told and b.told else gap <= days


def groups(found: Mapping[str, Signature], links: Iterable[tuple[str, str]]) -> list[list[str]]:
    """Rows grouped so that each is linked with each of its group, from the earliest on. Single rows are left out.

    ``links`` are the pairs of which ``same_act`` holds. A chain of likenesses so makes no group.
    """

    def order(row: str) -> tuple[int, str]:
        return found[row].first or 0, found[row].order

    linked: dict[str, set[str]] = {}
    for a, b in links:
        linked.setdefault(a, set()).add(b)
        linked.setdefault(b, set()).add(a)
    made: list[list[str]] = []
    home: dict[str, int] = {}
    for row in sorted(linked, key=order):
        near = {home[other] for other in linked[row] if other in home}
        fitting = (number for number in sorted(near) if linked[row].issuperset(made[number]))
        number = next(fitting, len(made))
        if number == len(made):
            made.append([])
        made[number].append(row)
        home[row] = number
    return [group for group in made if len(group) > 1]
