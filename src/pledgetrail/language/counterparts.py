"""What office a counterpart holds: "Turkish Foreign Minister Aksoy met his Chilean counterpart, Rosa Diaz"."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from pledgetrail.language import gazetteer
from pledgetrail.language.lexicon import load
from pledgetrail.records import Office, Parsed

#: Leaders' titles, which reports mix: a president's counterpart may be a prime minister.
_LEADERS = frozenset({"president", "prime minister"})


def office_beside(parsed: Parsed, at: int, before: Sequence[Office]) -> Office | None:
    """The office that a mention's "counterpart" points at: of the person whom "his" before it is, else the last one.

    ``at`` is the mention's position in ``parsed.mentions``, ``before`` are the offices found before it, in the order of
    the text. Only an office of a state in the same passage counts. None where nobody's is meant. Pure.
    """
    mention = parsed.mentions[at]
    here = [o for o in before if o.of and o.of.type == "state" and _one_passage(parsed, o.span.start, mention.start)]
    whose = parsed.mentions[at - 1] if at else None
    if whose is not None and whose.kind == "pronoun" and not parsed.document.text[whose.end : mention.start].strip():
        here = [o for o in here if any(o.party.id == p.id for p in whose.parties)]
    return here[-1] if here else None


def counterpart_title(title: str, theirs: str, ours: str) -> str | None:
    """The title, in its normal form, of a counterpart of state ``ours`` to the holder of ``title`` of ``theirs``.

    States are alpha-3 codes. None where the word does not settle it: for deputies, for what is no minister, and for
    leaders where the two states are led in two ways (``data/counterparts.toml``).
    """
    match = gazetteer.roles().lookup(title)
    if match is None or theirs == ours or {"deputy", "vice", "assistant"}.intersection((match.modifier or "").split()):
        return None
    role = {own: usual for usual, own in _own(theirs).items()}.get(match.role, match.role)
    if role in _LEADERS:
        return role if (role == "prime minister") == (ours in _lexicon()["led_by_prime_minister"]) else None
    return _own(ours).get(role, role) if role.endswith(" minister") else None


def _one_passage(parsed: Parsed, start: int, end: int) -> bool:
    return "\n" not in parsed.document.text[start:end]


def _own(state: str) -> dict[str, str]:
    found: dict[str, str] = _lexicon()["own_title"].get(state, {})
    return found


@cache
def _lexicon() -> dict[str, Any]:
    return load("counterparts.toml")
