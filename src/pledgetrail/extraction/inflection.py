"""English word forms for the lexicons: lemma -> forms, and form -> lemma for the words that the lexicons hold."""

from __future__ import annotations

from functools import cache

from pledgetrail.language.lexicon import load

_VOWELS = "aeiou"
#: Final consonants double after one stressed short vowel; only one-syllable lemmas are sure enough to do it by rule.
_DOUBLING = "bdgmnprt"
#: Verbs of two syllables that double as well, being stressed on the last one, and have no regular past to tell it by.
_STRESSED_LAST = frozenset({"annul", "begin"})


def verb_forms(lemma: str) -> dict[str, str]:
    """Form -> tag of a verb: "base", "s", "ing", "past" or "participle" (a form that is both has tag "past")."""
    forms = {lemma: "base"}
    stem = lemma[:-1] if lemma.endswith("e") and not lemma.endswith(("ee", "oe", "ye")) else lemma
    if lemma.endswith("ie"):
        ing = lemma[:-2] + "ying"
    elif _doubles(lemma):
        ing = lemma + lemma[-1] + "ing"
    else:
        ing = stem + "ing"
    forms[ing] = "ing"
    if lemma.endswith(("s", "x", "z", "ch", "sh", "o")):
        forms[lemma + "es"] = "s"
    elif lemma.endswith("y") and lemma[-2] not in _VOWELS:
        forms[lemma[:-1] + "ies"] = "s"
    else:
        forms[lemma + "s"] = "s"
    irregular = load("irregular.toml", "pledgetrail.extraction").get(lemma)
    if irregular:
        past, *participles = irregular.split()
        forms[past] = "past"
        for participle in participles:
            forms[participle] = "participle"
        if past.endswith("ed") and past[:-2] + "ing" != ing:
            forms[past[:-2] + "ing"] = "ing"
    elif lemma.endswith("y") and lemma[-2] not in _VOWELS:
        forms[lemma[:-1] + "ied"] = "past"
    elif _doubles(lemma):
        forms[lemma + lemma[-1] + "ed"] = "past"
    else:
        forms[lemma + "d" if lemma.endswith("e") else lemma + "ed"] = "past"
    return forms


def _doubles(lemma: str) -> bool:
    if lemma in _STRESSED_LAST:
        return True
    lemma = lemma.replace("qu", "qw")  # the u of "quit" is no vowel
    if len(lemma) < 3 or lemma[-1] not in _DOUBLING or lemma[-2] not in _VOWELS or lemma[-3] in _VOWELS:
        return False
    return sum(c in _VOWELS for c in lemma) == 1


def noun_forms(lemma: str) -> tuple[str, str]:
    """Singular and plural of a noun."""
    if lemma.endswith(("s", "x", "z", "ch", "sh")):
        return lemma, lemma + "es"
    if lemma.endswith("y") and lemma[-2] not in _VOWELS:
        return lemma, lemma[:-1] + "ies"
    return lemma, lemma + "s"


@cache
def plain(word: str) -> str:
    """A rough lemma of any lower-case word, for features only: regular endings are taken off."""
    for ending, put, least in (
        ("ies", "y", 5),
        ("ing", "", 6),
        ("ied", "y", 5),
        ("ed", "", 5),
        ("es", "", 5),
        ("s", "", 4),
    ):
        if word.endswith(ending) and len(word) >= least and not word.endswith(("ss", "us", "is")):
            return word[: -len(ending)] + put
    return word
