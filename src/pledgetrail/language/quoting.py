"""Who says a quotation, and whom the "we", "I" and "you" inside it stand for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pledgetrail.language import speech
from pledgetrail.language.actors import Registry
from pledgetrail.language.name import Name, Passage
from pledgetrail.records import Mention, Party, Quotation


def quotations_of(
    passages: Sequence[Passage],
    by_head: Sequence[dict[int, Mention]],
    quotes: Sequence[tuple[int, int]],
    mentions: Sequence[Mention],
) -> list[Quotation]:
    """Give each quotation its speaker; one without a verb of saying goes on with the speaker before it."""
    found: list[Quotation] = []
    last: Mention | None = None
    at = 0
    for (block, doc, _), heads in zip(passages, by_head, strict=True):
        while at < len(quotes) and quotes[at][0] < block.end:
            start, end = quotes[at]
            at += 1
            token = speech.speaker_of(doc, start - block.start, end - block.start)
            speaker = heads.get(token.i) if token is not None else None
            if token is not None and speaker is None:
                speaker = next((m for m in mentions if m.start <= block.start + token.idx < m.end), None)
            if speaker is not None:
                last = speaker
            elif end - start > 40:
                speaker = last
            found.append(Quotation(start, end, speaker))
    return found


def settle_first_person(
    mentions: list[Mention], waiting: Sequence[tuple[int, Name]], quotations: Sequence[Quotation], registry: Registry
) -> None:
    """ "we will do it" is its speaker's; outside quotations a release's "we" is the office that issued it."""
    for index, name in waiting:
        mention = mentions[index]
        quote = next((q for q in quotations if q.start <= mention.start < q.end), None)
        parties: tuple[Party, ...] = ()
        bound: tuple[Party, ...] = ()
        chain: tuple[str, ...] = ()
        if quote is not None and quote.speaker is not None and name.name in ("you", "your"):
            other = _addressee(mentions, index, quote.speaker)
            if other is not None:
                parties, bound = other.parties, other.stands_for
                chain = (f"“{name.name}” is said to {other.text}, the last other person named",)
        elif quote is not None and quote.speaker is not None:
            parties, bound = quote.speaker.parties, quote.speaker.stands_for
            chain = (f"“{name.name}” is said by {quote.speaker.text}", *quote.speaker.chain)
        elif registry.home and name.name not in ("you", "your"):
            parties = bound = (registry.state(registry.home),)
            chain = (f"“{name.name}” is the office that issued the report",)
        if parties:
            mentions[index] = replace(mention, parties=parties, chain=chain, stands_for=bound)


def _addressee(mentions: Sequence[Mention], index: int, speaker: Mention) -> Mention | None:
    """The last person before a mention who is not the speaker and not of the speaker's state."""
    own = {p.id for p in speaker.parties} | {p.country for p in speaker.parties if p.country}
    for mention in reversed(mentions[max(0, index - 40) : index]):
        people = [p for p in mention.parties if p.type == "person"]
        if mention.kind == "name" and people and not any(p.id in own or p.country in own for p in people):
            return mention
    return None
