"""The actors of one document: which names are the same person, whose minister somebody is, party records."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from pledgetrail.language import gazetteer, home
from pledgetrail.language.allegiance import Allegiance
from pledgetrail.language.name import Name
from pledgetrail.records import Document, Party

#: Bodies that are the state itself when they act.
_STATE_ITSELF = frozenset(
    {"Government", "Administration", "Army", "Air Force", "Navy", "Armed Forces", "Cabinet", "Authorities"}
)
#: A short form behind a name, which the recogniser may have cut off: "Agency for International Development (USAID".
_SHORT_FORM = re.compile(r"\s*\(([^()]*)\)?$")
_BEHIND = re.compile(r"\s*\(([A-Z][\w.&-]{1,12})\)")
_PARTICLES = frozenset({"al", "el", "bin", "ibn", "van", "von", "de", "da", "di", "der", "den", "la", "le", "jr", "sr"})


def slug(name: str) -> str:
    """A name folded to lower-case ASCII words joined by hyphens, for ids: "Çavuşoğlu" -> "cavusoglu"."""
    text = unicodedata.normalize("NFKD", name.replace("ı", "i")).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", text).strip("-") or "x" + name.encode("utf-8", "replace").hex()[:12]


def fold(name: str) -> tuple[str, ...]:
    """A name's words without marks, case, particles' dots and initials' dots, for comparing."""
    return tuple(w for w in slug(name).split("-") if w)


def initials(short: str, long: str) -> bool:
    """Whether capitals are a long name's initials, small words counted or not ("JRCC"; but "SOCAR" is no "State Oil").

    The short form has two letters or more, all capitals but for a plural or possessive "s". Brackets behind the long
    name do not count.
    """
    words = re.findall(r"[^\W\d_][\w&.-]*", _SHORT_FORM.sub("", long))
    letters = re.sub(r"['’]?s$", "", short).replace(".", "")
    if not (2 <= len(letters) <= 10 and letters.isalpha() and letters.isupper() and len(words) >= 2):
        return False
    every = "".join(w[0] for w in words).upper()
    great = "".join(w[0] for w in words if w[0].isupper())
    parts = "".join(p[0] for w in words for p in w.split("-") if p and p[0].isupper())
    return letters in (every, great, parts)


@dataclass(slots=True)
class Person:
    """One person of the document and what the text says of them."""

    names: Counter[str] = field(default_factory=Counter)
    nations: Counter[str] = field(default_factory=Counter)
    roles: Counter[str] = field(default_factory=Counter)
    past_roles: Counter[str] = field(default_factory=Counter)
    speaks_for: str | None = None
    body: gazetteer.Entry | None = None
    party: Party | None = None

    def canonical(self) -> str:
        """The longest spelling, the commonest of equals."""
        return max(self.names, key=lambda n: (len(n.split()), self.names[n], n))


class Registry:
    """Actors of one document. Learn every name first, then ask for parties."""

    def __init__(self, document: Document) -> None:
        self.home = home.country(document)
        self.people: list[Person] = []
        self._by_name: dict[tuple[str, str | None], Person] = {}  # by name and title
        self.states = Allegiance(self.home)
        self._parties: dict[str, Party] = {}
        self._short_forms: dict[str, str] = {}  # "JRCC" -> the organisation whose initials stand behind its name
        self._speaks_for: dict[str, gazetteer.Entry] = {}  # a group's id -> the organisation that it leads
        self._spellings: dict[str, set[str]] = {}  # canonical name -> how the text spells it

    # -- learning --------------------------------------------------------------------------------------

    def learn(self, passages: list[list[Name]], texts: Sequence[str] = ()) -> None:
        """Take in all names of the document: cluster people, count states, settle who speaks for whom.

        ``texts`` are the passages that the names stand in, for short forms behind them.
        """
        people = [n for names in passages for n in names if n.kind == "person"]
        for name in sorted(people, key=lambda n: -len(n.name.split())):
            self._learn_person(name)
        self._claim_surnames(passages)
        for text, names in zip(texts, passages, strict=False):
            self._learn_short_forms(text, names)
        for names in passages:
            for name in names:
                if name.name in self._short_forms and name.kind == "place":
                    name.kind = "actor"
                if name.entry is not None and name.kind == "actor" and name.entry.kind != "capital" and not name.role:
                    self._spellings.setdefault(name.entry.name, set()).add(name.name)
        for text, names in zip(texts, passages, strict=False):
            for name in names:
                self.states.learn(name, text)
        for person in self._in_order(passages):
            self._settle(person)

    def _in_order(self, passages: list[list[Name]]) -> list[Person]:
        """The people in the order in which the report names them first."""
        order: dict[int, Person] = {}
        for name in (n for names in passages for n in names if n.kind == "person"):
            person = self._by_name.get((name.name, name.role)) or self._by_name[name.name, None]
            order.setdefault(id(person), person)
        return [*order.values(), *(p for p in self.people if id(p) not in order)]

    def _claim_surnames(self, passages: list[list[Name]]) -> None:
        """A lone word that the recogniser took for a place or firm is the person who bears it as a surname."""
        surnames = {fold(n)[-1]: p for p in self.people for n in p.names if len(fold(n)) > 1}
        for names in passages:
            for name in names:
                if name.kind in ("place", "actor") and name.entry is None and not name.nations:
                    words = fold(name.name)
                    bearer = surnames.get(words[-1]) if words else None
                    if bearer is not None and (
                        len(words) == 1 or words[0] in _PARTICLES and _same_person(words, bearer)
                    ):
                        name.kind = "person"
                        bearer.names[name.name] += 1
                        self._by_name[name.name, None] = bearer

    def _learn_short_forms(self, text: str, names: list[Name]) -> None:
        """ "Joint Recovery Coordination Committee (JRCC)" says whose initials JRCC are in the rest of the report."""
        for name in names:
            if name.kind != "actor" or name.entry is not None or name.nations:
                continue
            behind = _BEHIND.match(text, name.end)
            if behind and initials(behind.group(1), name.name) and gazetteer.lookup(behind.group(1)) is None:
                self._short_forms[behind.group(1)] = name.name
                self._spellings.setdefault(name.name, set()).add(behind.group(1))

    def _learn_person(self, name: Name) -> None:
        words = fold(name.name)
        person = self._among([p for p in self.people if _same_person(words, p)], name)
        if person is None and len(words) == 1:
            # a given name alone is its bearer's, if only one person of the report bears it
            bearers = [p for p in self.people if any(fold(n)[0] == words[0] for n in p.names)]
            person = bearers[0] if len(bearers) == 1 else None
        if person is None:
            person = Person()
            self.people.append(person)
        person.names[name.name] += 1
        person.nations.update(name.nations)
        if name.role:
            (person.past_roles if name.former else person.roles)[name.role] += 1
            person.speaks_for = person.speaks_for or name.speaks_for
        person.body = person.body or name.body
        self._by_name[name.name, name.role] = person

    @staticmethod
    def _among(people: list[Person], name: Name) -> Person | None:
        """Whose a name is that several could bear: theirs who has its title, or is of its state, or is named most."""
        if len(people) < 2:
            return people[0] if people else None
        if name.role:
            people = [p for p in people if name.role in p.roles or name.role in p.past_roles] or people
        if name.nations:
            people = [p for p in people if p.nations.keys() & set(name.nations)] or people
        return max(people, key=lambda p: p.names.total())  # of equals the first, which has the longest name

    def _settle(self, person: Person) -> None:
        name = person.canonical()
        country = max(person.nations, key=lambda c: person.nations[c]) if person.nations else None
        if country is None and person.speaks_for == "state" and person.body is None:
            country = self.states.own(person.roles, name)
        aliases = tuple(sorted(n for n in person.names if n != name))
        person.party = Party("person-" + slug(name), name, "person", country, aliases)

    # -- asking ----------------------------------------------------------------------------------------

    def person(self, name: Name) -> Party | None:
        """The party of a person's name as it was learned, with the title that stands beside it."""
        found = self._by_name.get((name.name, name.role)) or self._by_name.get((name.name, None))
        return found.party if found else None

    def bearer(self, role: str, nations: tuple[str, ...], former: bool = False) -> list[Party]:
        """People of the document who bear a role, or bore it, (and are of a state, where one is given)."""
        return [
            p.party
            for p in self.people
            if p.party
            and any(role in r or r in role for r in (p.past_roles if former else p.roles))
            and (not nations or p.party.country in nations)
        ]

    def stands_for(self, party: Party) -> Party:
        """Whom a promise binds: the organisation that a person or its leaders speak for, or the party itself."""
        if party.id in self._speaks_for:
            return self.entry(self._speaks_for[party.id])
        if party.type == "person":
            for person in self.people:
                if person.party is not None and person.party.id == party.id and person.body is not None:
                    return self.entry(person.body)
        return party

    def state(self, code: str) -> Party:
        """The party of a state by its ISO 3166-1 alpha-3 code."""
        return self._make("state-" + code.lower(), gazetteer.state(code).name, "state", code)

    def entry(self, entry: gazetteer.Entry) -> Party:
        """The party of a gazetteer entry; a nationality or capital stands for its state."""
        if entry.kind in ("state", "nationality", "capital") and entry.country:
            return self.state(entry.country)
        kind = entry.type or "organisation"
        country = entry.country if kind != "organisation" else None
        return self._make("org-" + slug(entry.name), entry.name, kind, country)

    def organisation(self, name: Name) -> Party:
        """An organisation that only the text names, or a known one that the recogniser took with its short form."""
        match = _SHORT_FORM.search(name.name)
        if match:
            known = gazetteer.lookup(name.name[: match.start()])
            if known is not None and known.type is not None:
                return self.entry(known)
        elif name.name in self._short_forms:
            return self._make("org-" + slug(self._short_forms[name.name]), self._short_forms[name.name], "organisation")
        country = name.nations[0] if name.nations else None
        kind = (
            "government body"
            if country and re.search(r"Minist|Department|Force|Army|Council|Agency", name.name)
            else "organisation"
        )
        return self._make("org-" + slug(name.name), name.name, kind, country if kind == "government body" else None)

    def body(self, entry: gazetteer.Entry, code: str) -> Party:
        """A body of a state: "Foreign Ministry" with Pakistan; its government or forces are the state itself."""
        if entry.name in _STATE_ITSELF:
            return self.state(code)
        state = gazetteer.state(code).name
        return self._make(f"body-{code.lower()}-{slug(entry.name)}", f"{state} {entry.name}", "government body", code)

    def group(self, words: str, country: str | None = None) -> Party:
        """A class of actors named by its words only ("donors"), of a state where the words say so."""
        return self._make("group-" + slug(words), words, "group", country)

    def group_of(self, body: gazetteer.Entry, title: str, words: str, *, leading: bool = False) -> Party:
        """Those of an organisation whom a word names ("EU states"); who lead it speak for it ("G7 ministers")."""
        name = f"{body.name} {title}"
        self._spellings.setdefault(name, set()).add(words)
        party = self.group(name)
        if leading:
            self._speaks_for[party.id] = body
        return party

    def place(self, name: Name) -> Party:
        """A region or town as a beneficiary: its people."""
        words = name.entry.name if name.entry else name.name
        return self._make("place-" + slug(words), words, "group", name.entry.country if name.entry else None)

    def _make(self, key: str, name: str, kind: str, country: str | None = None) -> Party:
        if key not in self._parties:
            aliases = tuple(sorted(self._spellings.get(name, set()) - {name}))
            self._parties[key] = Party(key, name, kind, country, aliases)  # type: ignore[arg-type]
        return self._parties[key]


def _same_person(words: tuple[str, ...], person: Person) -> bool:
    """A shorter name is a longer one's if it ends like it, or starts like it and is not a bare given name of two."""
    for known in person.names:
        other = fold(known)
        if words == other:
            return True
        if not words or not other:
            continue
        if len(words) < len(other):
            if words == other[-len(words) :]:
                return True
            if (
                len(words) == 1
                and words[0] in other
                and words[0] not in _PARTICLES
                and len(words[0]) > 3
                and other[0] != words[0]
            ):
                return True
        elif len(words) == len(other) > 1 and words[-1] == other[-1] and _near(words[0], other[0]):
            return True
        elif len(words) == len(other) == 1 and _near(words[0], other[0]):
            return True
    return False


def _near(a: str, b: str) -> bool:
    """Spelling variants of one word: "mehmood"/"mahmood", "ilham"/"ilhan"; initials match their names."""
    if a == b or (len(a) == 1 and b.startswith(a)) or (len(b) == 1 and a.startswith(b)):
        return True
    from rapidfuzz.distance import DamerauLevenshtein

    return min(len(a), len(b)) >= 5 and DamerauLevenshtein.distance(a, b) <= 1
