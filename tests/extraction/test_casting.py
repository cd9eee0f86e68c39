"""Who gives and who receives. The weights decide; what holds whatever they say is held here."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from pledgetrail.extraction.candidates import Candidate, propose
from pledgetrail.extraction.casting import Cast, Scene, cast, parties_of, players, scene_of
from pledgetrail.extraction.decisions import load_model
from pledgetrail.extraction.views import views
from pledgetrail.records import Mention, Parsed, Party
from pledgetrail.vocabulary import STAGES

Parse = Callable[..., Parsed]

REPORT = (
    "Japanese Foreign Minister Kenji Morita met Nepalese officials and UNICEF in Kathmandu on Monday.\n\n"
    "“We will give Nepal $10 million, and Norway and Sweden will send tents to the families,” he said. "
    "They asked the World Bank for a loan. The loan was promised by its president."
)


def acts(parsed: Parsed) -> Iterator[tuple[Scene, Candidate]]:
    seen = views(parsed)
    scene = scene_of(parsed, seen)
    for view in seen:
        for candidate in propose(view):
            yield scene, candidate


def casting(scene: Scene, candidate: Candidate, stage: str) -> Cast:
    givers, receivers = load_model("givers"), load_model("receivers")
    assert givers is not None and receivers is not None
    return cast(scene, candidate, stage, givers, receivers)


def test_giver_and_receiver_are_never_the_same(parse_text: Parse) -> None:
    for scene, candidate in acts(parse_text(REPORT)):
        for stage in STAGES:
            chosen = casting(scene, candidate, stage)
            by, to = parties_of(chosen.by), parties_of(chosen.to)
            assert not {p.id for p in by} & {p.id for p in to}
            assert not {p.country for p in by if p.country and p.type != "group"} & {p.country for p in to if p.country}


def test_players_are_mentions_in_reach_with_features(parse_text: Parse) -> None:
    parsed = parse_text(REPORT)
    mentions = set(map(id, parsed.mentions))
    for scene, candidate in acts(parsed):
        for player in players(scene, candidate, "pledge"):
            assert id(player.mention) in mentions
            assert player.features


def test_probabilities_fall_and_are_shares(parse_text: Parse) -> None:
    for scene, candidate in acts(parse_text(REPORT)):
        chosen = casting(scene, candidate, "pledge")
        for role in (chosen.by, chosen.to, chosen.via):
            shares = [share for _, share in role]
            assert shares == sorted(shares, reverse=True)
            assert all(0 < share <= 1 for share in shares) and sum(shares) <= 1.000001


def test_nobody_is_cast_where_nobody_is_named(parse_text: Parse) -> None:
    for scene, candidate in acts(parse_text("The loan was promised and the tents were delivered on time.")):
        chosen = casting(scene, candidate, "pledge")
        assert (chosen.by, chosen.to, chosen.via) == ((), (), ())


def mention(*parties: Party, stands_for: tuple[Party, ...] = ()) -> tuple[Mention, float]:
    return Mention(0, 1, "x", "name", parties, stands_for=stands_for), 0.5


def test_the_parties_of_mentions_are_those_bound_and_each_once() -> None:
    norway, fund = Party("state-nor", "Norway", "state", "NOR"), Party("org-unicef", "UNICEF", "organisation")
    person = Party("person-lund", "Lund", "person")
    assert parties_of((mention(norway), mention(person, stands_for=(fund,)), mention(norway))) == (norway, fund)
    assert parties_of(()) == ()


@pytest.mark.parametrize(
    ("text", "word", "by", "to"),
    [
        ("Norway will provide $10 million to Lebanon.", "provide", {"NOR"}, {"LBN"}),
        ("$10 million was paid by Norway to Lebanon.", "paid", {"NOR"}, {"LBN"}),
        ("Germany and France pledged $10 million to Nepal.", "pledged", {"DEU", "FRA"}, {"NPL"}),
        ("Norwegian Prime Minister Kari Dahl promised $10 million to Lebanon.", "promised", {"NOR"}, {"LBN"}),
    ],
)
def test_plain_casts(parse_text: Parse, text: str, word: str, by: set[str], to: set[str]) -> None:
    (found,) = [(s, c) for s, c in acts(parse_text(text)) if s.views[c.passage].doc[c.token].lower_ == word]
    chosen = casting(*found, "pledge")
    assert {p.country for p in parties_of(chosen.by)} == by
    assert {p.country for p in parties_of(chosen.to)} == to
