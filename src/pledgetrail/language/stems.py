"""Words without their endings, so that most forms of one word are equal (``data/stems.toml``)."""

from __future__ import annotations

from functools import lru_cache

from pledgetrail.language.lexicon import load


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """A word, lower case without accents, without the endings that the data list."""
    data = load("stems.toml")
    for ending in data["endings"]:
        if len(word) >= ending["letters"] and word.endswith(ending["cut"]):
            word = word[: -len(ending["cut"])] + ending["put"]
            if ending.get("double") and word[-1] == word[-2] and word[-1] not in data["kept"]:
                word = word[:-1]
            break
    return word[:-1] if len(word) > 4 and word.endswith("e") else word
