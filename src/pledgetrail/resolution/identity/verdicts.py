"""One question for all kinds of actors and places: are two names one's?"""

from __future__ import annotations

from pledgetrail.resolution.identity.bodies import same_body
from pledgetrail.resolution.identity.evidence import Name
from pledgetrail.resolution.identity.people import Verdict, same_person
from pledgetrail.resolution.identity.spelling import words_of

__all__ = ["Name", "Verdict", "same_name"]


def same_name(a: Name, b: Name, *, apart: bool = False) -> Verdict:
    """Whether two names are one actor's, from their words, types, states and offices, with the reason. Symmetric.

    ``apart``: one report names both and tells them apart, so that only spellings of one name can be one actor's.
    A person is never a body. Where the words agree and the rest speaks against it, the answer is "unsure".
    """
    if (a.type == "person") != (b.type == "person"):
        return Verdict("different", "a person and no person")
    if a.type == "person":
        verdict = same_person(a, b)
        if apart and verdict.same and verdict.rank > 2:
            return Verdict("different", "one report names both and tells them apart")
        return verdict
    if a.type == b.type == "group" and words_of(a.text) != words_of(b.text):
        verdict = same_body(a, b)
        return verdict if "known" in verdict.why else Verdict("different", "different words for groups")
    return same_body(a, b)
