"""Which states a report speaks of, and whose minister somebody is whom it names without a state."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from pledgetrail.language.name import Name

#: Offices that one person of a state holds at a time.
_LEADING = frozenset(
    {
        "president", "prime minister", "vice president", "foreign minister", "defence minister", "finance minister",
        "chancellor", "king", "queen", "emir", "sultan", "crown prince", "supreme leader", "first lady",
    }
)  # fmt: skip
#: A state must be named and act this many times as often as the next one before somebody is taken for its minister: of
#: some 40 such people in the annotated reports it keeps most whose state it is, and leaves out most of the others.
_CLEAR = 1.15
#: A state that stands behind one of these is where something happens, or whom it happens to.
_WHERE = re.compile(
    r"\b(?:in|into|inside|from|to|across|of|at|near|on|over|against|with|for|by|throughout|between|about|visit(?:s|ed|ing)?)"
    r"(?: the)?\s+$",
    re.I,
)


class Allegiance:
    """What a report says of states: how often it names each, as one that acts, and with its leaders' titles."""

    def __init__(self, home: str | None) -> None:
        """``home`` is the state whose office issued the report, if one did."""
        self._home = home
        self._named: Counter[str] = Counter()
        self._acting: Counter[str] = Counter()
        self._foreign: Counter[str] = Counter()  # named with its minister: home ones go without
        self._held: dict[str, set[tuple[str, str]]] = {}  # a leading office -> states and the surnames of its holders

    def learn(self, name: Name, text: str) -> None:
        """Take in one name of a passage."""
        if not name.nations:
            return
        self._named.update(name.nations)
        if name.role and name.kind in ("person", "role"):
            self._foreign.update(name.nations)
            if name.role in _LEADING and name.kind == "person" and not name.former:
                self._held.setdefault(name.role, set()).update((code, _surname(name.name)) for code in name.nations)
        if not _WHERE.search(text, max(0, name.start - 20), name.start):
            self._acting.update(name.nations)

    def dominant(self) -> str | None:
        """The state most likely the report's own: named often, but seldom with its ministers' titles."""
        return self._best({code: n - 2 * self._foreign[code] for code, n in self._named.items()}, 1)

    def own(self, roles: Iterable[str], name: str) -> str | None:
        """Whose minister somebody of these offices is, whom the report names without a state.

        A state that has another one named in the office is not: who is called a president where
        "Syrian President Assad" is named, too, is no Syrian. Else it is the state that is named and acts the most.
        """
        leading = [role for role in roles if role in _LEADING]
        surname = _surname(name)  # one person may be spelled in two ways
        taken = {code for role in leading for code, holder in self._held.get(role, ()) if holder != surname}
        if self._home and self._home not in taken:
            for role in leading:  # the first whom a release names so is its own; of others it says nothing
                self._held.setdefault(role, set()).add((self._home, surname))
            return self._home
        scores = {code: n + self._acting[code] - 2 * self._foreign[code] for code, n in self._named.items()}
        found = self._best(scores, _CLEAR)
        return found if found not in taken else None

    @staticmethod
    def _best(scores: dict[str, int], lead: float) -> str | None:
        """The code of the highest score above nought, if it is so many times the second."""
        ranked = sorted(scores, key=lambda c: (scores[c], c), reverse=True)
        if not ranked or scores[ranked[0]] <= 0:
            return None
        return None if len(ranked) > 1 and scores[ranked[0]] < lead * scores[ranked[1]] else ranked[0]


def _surname(name: str) -> str:
    return name.split()[-1].casefold()
