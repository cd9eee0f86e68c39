"""What a text has spoken of so far: where pronouns and definite descriptions find whom they stand for."""

from __future__ import annotations

from dataclasses import dataclass

from pledgetrail.records import Party

#: How many sentences back a pronoun or description may reach.
_REACH = 4
#: The same for "both sides" and "the ministers": a report keeps its two sides for long.
_REACH_OF_GROUPS = 8


@dataclass(slots=True)
class Seen:
    """A party group as it was last seen, for pronouns to find."""

    parties: tuple[Party, ...]
    sentence: int
    subject: bool
    text: str


class Focus:
    """What the text has spoken of so far, latest last, by class."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []

    def add(self, parties: tuple[Party, ...], sentence: int, subject: bool, text: str) -> None:
        """Take in a group as it is named."""
        if parties:
            self.seen.append(Seen(parties, sentence, subject, text))
            del self.seen[:-60]

    def states(self, number: int) -> Seen | None:
        """The last so many distinct states, in the order in which they were named."""
        found: list[Party] = []
        for item in reversed(self.seen):
            for party in reversed(item.parties):
                if party.type == "state" and party not in found and len(found) < number:
                    found.insert(0, party)
        return Seen(tuple(found), 0, False, ", ".join(p.name for p in found)) if len(found) == number else None

    def people(self, number: int) -> Seen | None:
        """The last so many people of distinct states."""
        found: list[Party] = []
        for item in reversed(self.seen):
            for party in reversed(item.parties):
                known = {p.country for p in found}
                if party.type == "person" and party.country and party.country not in known and len(found) < number:
                    found.insert(0, party)
        return Seen(tuple(found), 0, False, ", ".join(p.name for p in found)) if len(found) == number else None

    def named(self, sentence: int, noun: str) -> Seen | None:
        """The latest group whose name ends with a noun: "the leaders" are the EU leaders named before."""
        for item in reversed(self.seen):
            if sentence - item.sentence > _REACH_OF_GROUPS:
                return None
            if len(item.parties) == 1 and item.parties[0].type == "group":
                if item.parties[0].name.lower().endswith(" " + noun):
                    return item
        return None

    def last(self, sentence: int, want: str, subject_first: bool = True, other: bool = False) -> Seen | None:
        """The latest group of the class wanted; in the latest sentence that has one, a subject before others.

        With ``other``, the subjects of this sentence are passed over: "he assured him" names two people.
        """
        best: Seen | None = None
        doing = {p for item in self.seen if other and item.subject and item.sentence == sentence for p in item.parties}
        for item in reversed(self.seen):
            if sentence - item.sentence > (_REACH_OF_GROUPS if want in ("people", "states") else _REACH) or (
                best is not None and item.sentence < best.sentence
            ):
                break
            if not _fits(item.parties, want) or doing.intersection(item.parties):
                continue
            if best is None:
                best = item
                if not subject_first or item.subject:
                    break
            elif item.subject:
                best = item
                break
        return best


def _fits(parties: tuple[Party, ...], want: str) -> bool:
    if want == "person":
        return len(parties) == 1 and parties[0].type == "person"
    if want == "thing":
        return len(parties) == 1 and parties[0].type != "person"
    if want == "state":
        return len(parties) == 1 and parties[0].type in ("state", "government body")
    if want == "body":
        return len(parties) == 1 and parties[0].type in ("organisation", "government body", "company")
    if want == "people":
        return len(parties) > 1 and any(p.type == "person" for p in parties)
    if want == "states":
        return len({p.country for p in parties if p.country}) > 1
    if len(parties) == 1 and parties[0].id.startswith("place-"):
        return False  # "they" are no town
    return len(parties) > 1 or (len(parties) == 1 and parties[0].type in ("group", "organisation", "company"))
