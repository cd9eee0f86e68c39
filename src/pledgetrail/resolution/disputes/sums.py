"""Rows of commitments -> claims of sums: what one side is said to have promised, agreed, asked or paid."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from pledgetrail.language.edtf import days_of
from pledgetrail.records import Commitment, Party
from pledgetrail.resolution.acts import content_words
from pledgetrail.resolution.disputes.claims import OWN_VOICE, Claim, Report, party_key, tellings
from pledgetrail.resolution.disputes.populations import occasions_of, place_key
from pledgetrail.resolution.disputes.things import Thing, sentence_of
from pledgetrail.resolution.disputes.values import Value, written

#: Givers without a name are one crowd: what "donors", "countries" and "the world" promised at a conference is one sum.
DONORS: Final = "donors"

#: Words of an object that say no more than that money is given, and of sums themselves.
_MONEY: Final = frozenset(
    "million billion trillion thousand dollars dollar euros euro pounds pound yen yuan money funds fund funding aid "
    "assistance help support sum total package pledge pledges new further additional more".split()
)


def sum_claims(
    row: str, content: Commitment, statements: Sequence[Commitment] = (), reports: Mapping[str, Report] | None = None
) -> list[Claim]:
    """The claims of a row of commitments with a sum: one for each sum that its statements tell.

    Parts of totals, running totals, and what is negated, planned or conditional are left out: they are other sums.
    """
    known = reports or {}
    told = sorted(statements, key=lambda s: (s.document, s.trigger.start, s.id)) or [content]
    groups: dict[Value, list[Commitment]] = {}
    for s in told:
        aside = s.part_of or s.cumulative or s.negated or s.planned or s.conditional
        if s.amount is not None and s.amount.currency is not None and not aside:
            groups.setdefault(
                Value(s.amount.value, qualifier=s.amount.qualifier, currency=s.amount.currency), []
            ).append(s)
    found = []
    for value, group in sorted(groups.items(), key=lambda item: repr(item[0])):
        lead = max(group, key=lambda s: (len(s.by), len(s.to), len(s.what), s.document, s.id))
        speaker = next((s.speaker for s in group if s.speaker), None)
        when = next((s.when for s in group if s.when), None)
        found.append(
            Claim(
                row,
                "amount",
                written(value),
                tellings(group, known),
                value,
                _thing(lead, known),
                party_key(speaker) if speaker else OWN_VOICE,
                speaker.name if speaker else "",
                days_of(when),
            )
        )
    return found


def _thing(lead: Commitment, reports: Mapping[str, Report]) -> Thing:
    """Who gives what to whom, on what occasion."""
    giver = _parties(lead.by)
    sentence = sentence_of(lead).quote
    report = reports.get(lead.document)
    occasions = occasions_of(sentence) or occasions_of(report.title or "" if report else "")
    receivers = sorted({place_key(p.name) for p in lead.to if p.country and p.type != "person"})
    objects = frozenset() if giver == DONORS else content_words(lead.what) - _MONEY
    return Thing(
        lead.stage,
        (),
        (),
        lead.amount.currency if lead.amount else None,
        " and ".join(receivers) or None,
        occasions,
        given=f"by {giver}",
        objects=tuple(sorted(word for word in objects if not re.search(r"\d", word))),
    )


def _parties(parties: Iterable[Party]) -> str:
    named = sorted({p.name for p in parties if p.type != "group"})
    return " and ".join(named) or DONORS
