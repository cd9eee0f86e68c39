"""Steps seen by pairs of sides, and what speaks for and against two of them being of one undertaking."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from pledgetrail.resolution.undertakings.steps import Step, lifetime
from pledgetrail.resolution.undertakings.subjects import weight, window

#: A step of more pairs of sides than this is of one side that many share (a donors' conference) and makes one strand.
MOST_PAIRS: Final = 6

#: Summed weight of words that two objects must share if nothing else links them: two rather rare words; one rare and
#: two common ones. "border security" weighs less.
_SHARED: Final = 9.0
#: ... and the shares of the lighter and of the heavier object's weight that they must make up.
_SHARE, _SHARE_OF_BOTH = 0.5, 0.35
#: The weight of words that, shared beside a named place or an equal sum, make one undertaking.
_TELLING: Final = 4.5
#: Days between two signs of life of one undertaking, by what links them. Works take years, and their names stay.
_WORKS_DAYS: Final = 5 * 365
#: An equal sum at another stage is the promise kept.
_SUM_DAYS: Final = 2 * 365
#: Words of a promise are taken up again when it is kept ...
_WORDS_DAYS: Final = 365
#: ... or, at the same stage, for some months while it is news; later they are a new promise's.
_AGAIN_DAYS: Final = 120
#: ... and an equal round sum ("another $800 million") sooner still.
_ROUND_DAYS: Final = 14
#: A sum of this many digits is hardly equal by chance.
_PRECISE: Final = 3
#: Of purposes with shorter windows than this there is a new promise, worded as the last, every other month.
_OFTEN: Final = 30
#: Words that weigh this much together are no chance whenever they come again.
_LONG_WORDS: Final = 16.0
#: Purposes of longer windows than this hold one undertaking whatever else the objects name; of shorter ones there are
#: many, and heavy words that differ tell them apart.
_LONG: Final = 365
#: A step without an object of its own goes with one this many characters away in the same report at most.
NEAR: Final = 600

#: ... if both are words that answer each other: who asks, offers, promises or declines.
_ANSWERS: Final = frozenset({"invitation", "request", "offer", "pledge", "refusal"})

PROMISES: Final = frozenset({"request", "offer", "pledge", "agreement", "contract"})
GIFTS: Final = frozenset({"disbursement", "delivery"})

#: Strength of a link by its kind; see ``link``. Links are followed strongest first.
WORKS, PLACE, SUM, WORDS, PURPOSE, NEARBY = 50.0, 40.0, 30.0, 20.0, 10.0, 0.0


@dataclass(frozen=True, slots=True)
class Strand:
    """A step as it concerns one pair of sides (one side only if the other is not told). ``giver`` is None where the
    sides are not told apart.
    """

    step: Step
    sides: frozenset[str]
    giver: str | None
    receiver: str | None

    @property
    def whole(self) -> bool:
        """Whether both sides are known."""
        return len(self.sides) == 2


def strands(step: Step) -> Iterator[Strand]:
    """The strands of a step, in a fixed order: one for every pair of sides, at most ``MOST_PAIRS``."""
    if step.mutual:
        pairs = list(combinations(step.givers, 2))
        if not pairs or len(pairs) > MOST_PAIRS:
            sides = step.givers if len(step.givers) == 1 else ("+".join(step.givers),) if step.givers else ()
            yield Strand(step, frozenset(sides), None, None)
        for pair in pairs if len(pairs) <= MOST_PAIRS else ():
            yield Strand(step, frozenset(pair), None, None)
        return
    givers, receivers = step.givers, step.receivers
    if len(givers) * len(receivers) > MOST_PAIRS:
        givers = givers if len(givers) <= MOST_PAIRS else ("+".join(givers),)
        receivers = ("+".join(receivers),)
    for giver in givers or (None,):
        for receiver in receivers or (None,):
            yield Strand(step, frozenset(k for k in (giver, receiver) if k), giver, receiver)


def link(a: Strand, b: Strand) -> float:
    """How strongly two strands are linked, 0 if not at all; symmetric. In order of strength:

    the same works ("the school") in one report, or at one place narrower than a state; such a place with a purpose or
    the words of the object; the same sum, borne out by a word, a purpose or the sector; the words of the object; the
    purpose, where nothing narrower is named; and, in one report, a step that does not say what it is about beside one
    that does. One-sided strands need a place or a sum.
    """
    one, two = a.step, b.step
    told = sum(map(weight, sorted(one.subject.words & two.subject.words)))
    if _kept_apart(one, two) or _sums_apart(one, two, told):
        return 0.0
    gap = days_between(one, two)
    works = one.subject.works & two.subject.works
    if works and a.whole and b.whole and _documents(one) & _documents(two):
        return WORKS + _closer(told)
    works = works or one.subject.works & _site(two) or _site(one) & two.subject.works
    if one.places & two.places and gap <= (_WORKS_DAYS if works else _place_days(one, two, told)):
        return (WORKS if works else PLACE) + _closer(told)
    if same_sum(one, two) and gap <= _sum_days(one, two, told):
        return SUM + _closer(told)
    if not (a.whole and b.whole):
        return 0.0
    if gap <= _words_days(one, two, told):
        return WORDS + _closer(told)
    if gap <= _purpose_days(one, two):
        return PURPOSE + _closer(told)
    return _nearby(one, two)


def days_between(a: Step, b: Step) -> int:
    """Days between two acts, as near as they can have been; 0 where either day is not known.

    The day of an act is that of the report where the text gives none.
    """
    (first, last), (begin, end) = lifetime(a), lifetime(b)
    if first is None or last is None or begin is None or end is None:
        return 0
    return max(0, (begin - last).days, (first - end).days)


def reach(kind: str, value: object) -> int:
    """The most days that can lie between two strands linked by what a token names (``trails`` finds pairs by them)."""
    if kind == "purpose":
        return window(str(value))
    return {"word": 2 * _WORDS_DAYS, "sum": _SUM_DAYS, "place": _WORKS_DAYS}.get(kind, _WORKS_DAYS)


def same_sum(a: Step, b: Step) -> bool:
    """Whether both name a sum, and it is one and the same but for rounding."""
    return bool(a.amount and b.amount and a.amount[1] == b.amount[1] and alike(a.amount[0], b.amount[0]))


def alike(a: float, b: float) -> bool:
    """Whether two sums may be one, rounded ("8.6 billion" and 8.57): equal in the digits of the rounder one."""
    if a == b:
        return True
    digits = min(_digits(a), _digits(b))
    return digits >= 2 and float(f"{a:.{digits - 1}e}") == float(f"{b:.{digits - 1}e}")


def _digits(value: float) -> int:
    return len(f"{value:.9e}".split("e")[0].replace(".", "").replace("-", "").rstrip("0")) or 1


def is_pointing(step: Step) -> bool:
    """Whether a step says what it is about only by pointing at another ("it")."""
    return step.subject.points and step.amount is None


def _site(step: Step) -> frozenset[str]:
    """The works that a step's sentence names, if the step is a deed for it and not just talk."""
    return frozenset() if step.stage in ("exploration", "call") else step.subject.site


def _documents(step: Step) -> frozenset[str]:
    return frozenset(document for document, _ in step.spots)


#: No two acts are this close: the answer where nothing links them.
_NEVER: Final = -1


def _kept_apart(a: Step, b: Step) -> bool:
    """Whether they name other works or channels."""
    works = a.subject.works and b.subject.works and not a.subject.works & b.subject.works
    return bool(works or (a.channels and b.channels and not a.channels & b.channels))


def _sums_apart(a: Step, b: Step, told: float) -> bool:
    """Whether two equal sums of one stage are two: one report tells both, unless in much the same words, or the later
    act says to be another.
    """
    if a.stage != b.stage or not same_sum(a, b):
        return False
    return (told < _SHARED and bool(_documents(a) & _documents(b))) or _anew(a, b)


def _place_days(a: Step, b: Step, told: float) -> int:
    """How many days may lie between two acts that share a place and no works."""
    return max(_words_days(a, b, told), max(map(window, _same_purposes(a, b)), default=_NEVER))


def _sum_days(a: Step, b: Step, told: float) -> int:
    """How many days may lie between two acts of equal sums: a round one needs more beside it, and sooner."""
    assert a.amount and b.amount
    one, two = a.subject, b.subject
    digits = min(_digits(a.amount[0]), _digits(b.amount[0]))
    purpose = bool(one.purposes & two.purposes)
    if digits < _PRECISE and told < _SHARED and not (purpose and told >= _TELLING):
        dated = lifetime(a)[0] is not None and lifetime(b)[0] is not None
        bare = digits > 1 and dated and not (one and two)
        return _ROUND_DAYS if purpose or bare else _NEVER
    if not purpose and told < _TELLING and a.sector != b.sector and one and two:
        return _NEVER
    return _SUM_DAYS if a.stage != b.stage or told >= _SHARED else _AGAIN_DAYS


def _anew(a: Step, b: Step) -> bool:
    """Whether the later of two acts says to be another than the earlier ("a further $4 million")."""
    one, two = lifetime(a)[1], lifetime(b)[1]
    if one is None or two is None or one == two:
        return False
    earlier, later = (a, b) if one < two else (b, a)
    return later.subject.fresh and not earlier.subject.fresh


def _words_days(a: Step, b: Step, told: float) -> int:
    """How many days may lie between two acts whose objects are worded alike. A step that names a lasting purpose
    besides other matters is not of those matters' trail.
    """
    lighter, heavier = sorted((_heft(a), _heft(b)))
    if told < max(_SHARED, _SHARE * lighter, _SHARE_OF_BOTH * heavier) or _lasting(a) != _lasting(b) or _outgiven(a, b):
        return _NEVER
    purposes = a.subject.purposes | b.subject.purposes
    if told >= _LONG_WORDS and not purposes:
        return 2 * _WORDS_DAYS
    if a.stage != b.stage:
        return _WORDS_DAYS
    often = bool(purposes) and max(map(window, purposes)) < _OFTEN
    return _OFTEN if often else _AGAIN_DAYS


def _outgiven(a: Step, b: Step) -> bool:
    """Whether more was given than the other promised: then it was given on other promises too."""
    for one, two in ((a, b), (b, a)):
        if one.stage in PROMISES and two.stage in GIFTS and one.amount and two.amount:
            return one.amount[1] == two.amount[1] and two.amount[0] > one.amount[0] and not same_sum(one, two)
    return False


def _purpose_days(a: Step, b: Step) -> int:
    """How many days may lie between two acts of one purpose, where neither sum nor words tell them apart."""
    inside = a.cumulative or b.cumulative or (a.part_of is None) != (b.part_of is None)
    if a.amount and b.amount and not same_sum(a, b) and not inside:
        return _NEVER
    return max(map(window, _same_purposes(a, b)), default=_NEVER)


def _heft(step: Step) -> float:
    return sum(map(weight, sorted(step.subject.words)))


def _closer(told: float) -> float:
    return min(told, 99.0) / 10


def _same_purposes(a: Step, b: Step) -> frozenset[str]:
    """The purposes that both name, unless either names something narrower that tells them apart."""
    one, two = a.subject, b.subject
    if one.works or two.works or (a.stage == "call") != (b.stage == "call"):
        return frozenset()
    lasting = _lasting(a) & _lasting(b)
    if not (one.themes or two.themes or _documents(a) & _documents(b)):  # named beside both objects, not by them
        return frozenset()
    if lasting or min(_heft(a), _heft(b)) < _SHARED or one.words & two.words:
        return lasting | (one.themes & two.themes)
    return frozenset()


def _lasting(step: Step) -> frozenset[str]:
    """The purposes of long windows."""
    return frozenset(theme for theme in step.subject.purposes if window(theme) >= _LONG)


def _nearby(a: Step, b: Step) -> float:
    """A step without an object of its own ("we will do it"), in the same report as one that has one."""
    pointing = is_pointing(a) or is_pointing(b)
    if not pointing or not (a.subject or b.subject) or not {a.stage, b.stage} <= _ANSWERS:
        return 0.0
    near = [abs(x - y) for d, x in a.spots for e, y in b.spots if d == e]
    return NEARBY + 1 - min(near) / (NEAR + 1) if near and min(near) <= NEAR else 0.0
