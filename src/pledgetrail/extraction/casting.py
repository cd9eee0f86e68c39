"""Who gives and who receives: every mention in reach is weighed for each role of a decided act."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pledgetrail.extraction.candidates import Candidate, entries
from pledgetrail.extraction.decisions import Decider, Place
from pledgetrail.extraction.features import path_between, subject_of
from pledgetrail.extraction.role_features import far_features, role_features
from pledgetrail.extraction.views import View
from pledgetrail.language import home
from pledgetrail.records import Mention, Parsed, Party

#: A mention plays a role unless it is less than this times as likely as nobody: annotators name somebody wherever the
#: report lets them (of .5, .3, .15 and .05 the best full rows, two-fold over the annotated reports).
NOBODY = 0.15
#: A further mention of a role, listed with the first, must come this close to it.
_NEAR_BEST = 0.15


#: The same where the two are items of one list.
_LISTED = 0.03


@dataclass(frozen=True, slots=True)
class Player:
    """A mention that may play a role: where it stands seen from the act, and its features."""

    view: View
    index: int
    where: str
    features: tuple[str, ...]

    @property
    def mention(self) -> Mention:
        """The mention itself."""
        return self.view.mentions[self.index]


@dataclass(frozen=True, slots=True)
class Cast:
    """The mentions chosen for each role, best first, with their probability."""

    by: tuple[tuple[Mention, float], ...]
    to: tuple[tuple[Mention, float], ...]
    via: tuple[tuple[Mention, float], ...]


def parties_of(mentions: tuple[tuple[Mention, float], ...]) -> tuple[Party, ...]:
    """The distinct parties that mentions bind, in order."""
    return tuple(dict.fromkeys(p for m, _ in mentions for p in (m.stands_for or m.parties)))


@dataclass(frozen=True, slots=True)
class Scene:
    """A document as the casting sees it: who is issuing it, and how much it speaks of each party."""

    views: list[View]
    home: str | None
    rank: dict[str, int]  # a party's key -> 0 for the one named most often, 1 for the next, ...
    titled: frozenset[str]  # keys of parties that the headline or first passage names


def scene_of(parsed: Parsed, views: list[View]) -> Scene:
    """The scene of a document."""
    counts: Counter[str] = Counter()
    titled = set()
    for view in views:
        for mention in view.mentions:
            for party in mention.parties:
                counts[party.country or party.id] += 1
                if view.kind == "title" or view.index == 0:
                    titled.add(party.country or party.id)
    rank = {key: n for n, (key, _) in enumerate(counts.most_common())}
    return Scene(views, home.country(parsed.document), rank, frozenset(titled))


def _salience(scene: Scene, mention: Mention, where: str, stage: str) -> Iterator[str]:
    """How much the document speaks of a mention's party."""
    keys = [p.country or p.id for p in mention.parties]
    rank = min((scene.rank.get(k, 99) for k in keys), default=99)
    titled = any(k in scene.titled for k in keys)
    issuer = scene.home is not None and scene.home in keys
    yield f"rank in report={min(rank, 4)}&{stage}&{where[:4]}"
    yield f"in title={titled}&{stage}&{where[:4]}"
    yield f"issuer={issuer}&{scene.home is not None}&{stage}"


def players(scene: Scene, candidate: Candidate, stage: str) -> Iterator[Player]:
    """Mentions in reach of a candidate: its sentence, the two before, the title, the speaker, the issuing state."""
    for player in _players(scene.views, scene.home, candidate, stage):
        yield replace(player, features=(*player.features, *_salience(scene, player.mention, player.where, stage)))


def _players(views: list[View], home: str | None, candidate: Candidate, stage: str) -> Iterator[Player]:
    view = views[candidate.passage]
    token = view.doc[candidate.token]
    subject, how = subject_of(token)
    here = view.sentence_of[candidate.token]
    seen: set[tuple[int, int]] = set()
    present: set[str] = set()

    for index, head in enumerate(view.heads):
        if view.sentence_of[head] == here and (view.mentions[index].parties or view.mentions[index].kind == "place"):
            seen.add((view.index, index))
            present.update(p.country or p.id for p in view.mentions[index].parties)
            yield Player(view, index, "same", tuple(role_features(view, candidate, stage, index, subject, how)))
    nameless = subject is None or view.by_token.get(subject.i) is None
    for other, index, where in _further(views, view, here, home):
        mention = other.mentions[index]
        if (other.index, index) in seen or not mention.parties:
            continue
        seen.add((other.index, index))
        yield Player(
            other, index, where, tuple(far_features(other, index, where, stage, candidate, nameless, present, home))
        )
    quote = view.quoted(token)
    if quote is not None and quote.speaker is not None:
        for other in views:
            for index, mention in enumerate(other.mentions):
                if mention.start == quote.speaker.start and (other.index, index) not in seen:
                    yield Player(
                        other,
                        index,
                        "speaker",
                        tuple(far_features(other, index, "speaker", stage, candidate, nameless, present, home)),
                    )


def _further(views: list[View], view: View, here: int, home: str | None) -> Iterator[tuple[View, int, str]]:
    """Mentions outside the sentence, nearest first, with where they stand."""
    back = 0
    sentence, at = here, view
    while back < 2:
        sentence -= 1
        if sentence < 0:
            if at.index == 0:
                break
            at = views[at.index - 1]
            sentence = len(at.sentences) - 1
            if sentence < 0:
                continue
        back += 1
        for index, head in enumerate(at.heads):
            if at.sentence_of[head] == sentence:
                yield at, index, f"back {back}"
    for other in views[:4]:
        if other.kind == "title" or other.index == 0:
            for index in range(len(other.mentions)):
                yield other, index, "title"
    if home:
        for other in views:
            for index, mention in enumerate(other.mentions):
                if any(p.country == home for p in mention.parties):
                    yield other, index, "home"
                    return


def nobody_features(view: View, candidate: Candidate, stage: str) -> Iterator[str]:
    """Features of the answer that the report names nobody for a role; it competes with the mentions."""
    token = view.doc[candidate.token]
    subject, _ = subject_of(token)
    nameless = subject is None or view.by_token.get(subject.i) is None
    yield "nobody"
    yield f"nobody&{stage}"
    yield f"nobody&class={candidate.classes[0]}&{candidate.pos}"
    yield f"nobody&stage={stage}&{candidate.pos}&{nameless}"
    yield f"nobody&passive={candidate.grammar.passive}&{nameless}"
    yield f"nobody&word={candidate.lemma}"
    names = sum(1 for h in view.heads if view.sentence_of[h] == view.sentence_of[candidate.token])
    yield f"nobody&names={min(names, 4)}&{stage}"
    for child in token.children:
        if child.dep_ in ("prep", "agent", "dative"):
            yield f"nobody&prep={child.lower_}"


def cast(scene: Scene, candidate: Candidate, stage: str, givers: Decider, receivers: Decider) -> Cast:
    """Choose the players of each role: all mentions in reach compete, and nobody with them.

    One mention plays one role, and a party is not giver and receiver at once.
    """
    able = list(players(scene, candidate, stage))
    nobody = tuple(nobody_features(scene.views[candidate.passage], candidate, stage))
    role = Place(scene.views[candidate.passage].place(candidate.token), None, stage)
    to = _subjects(scene, candidate, _RECEIVED) if stage in _GIVING else ()
    performed = _PERFORMED if candidate.pos == "verb" else frozenset[str]()
    by = _subjects(scene, candidate, performed) or _choose(able, nobody, givers, role, _identities(parties_of(to)))
    return Cast(by, to or _choose(able, nobody, receivers, role, _identities(parties_of(by))), ())


#: Classes of verbs whose subject performs the act by saying so: "X pledged", "Y invited", "Z appealed".
_PERFORMED = frozenset({"promise", "invite", "ask", "offer", "refuse", "call"})
#: Classes of verbs whose subject gets what is given: "X received", "Y raised", "Z secured".
_RECEIVED = frozenset({"receive"})
#: Stages in which something is given.
_GIVING = frozenset({"pledge", "offer", "disbursement", "delivery"})


def _class(view: View, candidate: Candidate) -> str | None:
    """The first class of the verb that a candidate is or, as a noun, is the object of."""
    if candidate.pos == "verb":
        return candidate.classes[0]
    token = view.doc[candidate.token]
    verb = entries().get(token.head.lower_, {}).get("verb") if token.dep_ == "dobj" else None
    return verb[1][0] if verb is not None else None


def _subjects(scene: Scene, candidate: Candidate, classes: frozenset[str]) -> tuple[tuple[Mention, float], ...]:
    """The subject of an active verb of some classes, with the subjects listed with it; empty if it is nobody.

    A noun takes the subject of the verb whose object it is ("X collected promises").
    """
    view = scene.views[candidate.passage]
    if candidate.pos not in ("verb", "noun") or candidate.grammar.passive or not classes & {_class(view, candidate)}:
        return ()
    subject, _ = subject_of(view.doc[candidate.token])
    if subject is None:
        return ()
    heads = [subject, *subject.conjuncts]
    found = dict.fromkeys(view.by_token[t.i] for t in heads if t.i in view.by_token)
    return tuple((view.mentions[i], 1.0) for i in found if _bound(view.mentions[i]))


def _identities(parties: tuple[Party, ...]) -> frozenset[str]:
    """What no other role's party may share: ids, and the states that states and their people stand for."""
    return frozenset(p.id for p in parties) | {p.country for p in parties if p.country and p.type != "group"}


def _choose(
    able: list[Player], nobody: tuple[str, ...], model: Decider, role: Place, taken: frozenset[str]
) -> tuple[tuple[Mention, float], ...]:
    """The likeliest mention of a role, with those listed with it or standing in its phrase; empty if nobody is."""
    able = [p for p in able if _bound(p.mention) and not _identities(_bound(p.mention)) & taken]
    if not able:
        return ()
    places = [role, *(replace(role, other=(p.mention.start, p.mention.end)) for p in able)]
    none, *scores = model.choose([nobody, *(p.features for p in able)], places)
    ranked = sorted(zip(able, scores, strict=True), key=lambda x: -x[1])
    best, top = ranked[0]
    if top < none * NOBODY:
        return ()
    chosen = [best]
    result = [(best.mention, top)]
    names = set(_identities(_bound(best.mention)))
    for player, score in ranked[1:]:
        ids = _identities(_bound(player.mention))
        least = _LISTED * top if _coordinated(best, player) else _NEAR_BEST * top
        if score >= least and not ids & names and any(_listed(player, c) for c in chosen):
            names |= ids
            chosen.append(player)
            result.append((player.mention, score))
    return tuple(result)


def _bound(mention: Mention) -> tuple[Party, ...]:
    return mention.stands_for or mention.parties


def _listed(a: Player, b: Player) -> bool:
    """Whether two mentions stand in one list, or one in the other's phrase ("families in Gaza")."""
    if a.view is not b.view or a.where != b.where:
        return False
    if _coordinated(a, b):
        return True
    steps = path_between(a.view.doc[a.view.heads[a.index]], a.view.doc[b.view.heads[b.index]], 4)
    plain = {s.split("(")[0] for s in steps.replace("<", ">").split(">") if s}
    return steps != "far" and plain <= _LIST


def _coordinated(a: Player, b: Player) -> bool:
    """Whether two mentions are items of one list, however long: "Israel, Jordan, Egypt and the United Nations"."""
    return a.view is b.view and _first_of_list(a) == _first_of_list(b)


def _first_of_list(player: Player) -> int:
    """The token of the first item of the list that a mention is an item of; its own if of none."""
    token = player.view.doc[player.view.heads[player.index]]
    while token.dep_ == "conj":
        token = token.head
    return int(token.i)


_LIST = frozenset({"conj", "appos", "prep", "pobj", "nmod", "compound", "relcl", "acl", "amod", "poss"})
