"""Compile the phrasebook's annotated pages into docs.jsonl and gold/ID.json.

usage: python training/phrasebook/build.py [--check]

A page (pages/*.txt) holds documents. "@ DAY" opens one (DAY is "-" if unknown); a line of its own is a sentence; an
empty line is a paragraph break; lines that begin with ">", "*" or "#" annotate the sentence above them:

    > STAGE | t=trigger | by=giver | to=receiver | w=what | a=amount | s=sector | pl=place | when= | spk=speaker | flags
    * KIND held|planned | t=trigger | p=participant; participant | pl= | when= | flags
    # UNIT | v=value | m=measure | of=whom or where | cl=claimant | flags

A cell is words of the sentence; "words~Name" adds the name meant, "~Name" gives a name without words in the sentence,
"A+B" several names. Flags: opt, cond, cum, part=-1 (part of the entry so many before), ev=words (the evidence, if not
all of the sentence). The build fails, with the place, on words that the sentence does not hold.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

HOME = Path(__file__).parent
Entry = dict[str, Any]

NAMES = {
    "US": "United States", "U.S.": "United States", "American": "United States", "Washington": "United States",
    "UK": "United Kingdom", "Britain": "United Kingdom", "British": "United Kingdom", "London": "United Kingdom",
    "EU": "European Union", "UN": "United Nations", "U.N.": "United Nations", "Turkey": "Türkiye",
    "Japanese": "Japan", "Norwegian": "Norway", "German": "Germany", "French": "France", "Turkish": "Türkiye",
    "Chinese": "China", "Russian": "Russia", "Indian": "India", "Canadian": "Canada", "Swedish": "Sweden",
    "Dutch": "Netherlands", "Italian": "Italy", "Spanish": "Spain", "Kenyan": "Kenya", "Swiss": "Switzerland",
    "ICRC": "Red Cross", "International Monetary Fund": "IMF", "World Food Programme": "WFP",
    "World Health Organization": "WHO", "we": "", "We": "",
}  # fmt: skip
CURRENCIES = (
    (r"A\$|Australian dollars", "AUD"), (r"C\$|Canadian dollars", "CAD"), (r"NZ\$", "NZD"), (r"\$|dollar", "USD"),
    (r"€|euro", "EUR"), (r"£|pounds", "GBP"), (r"¥|yen", "JPY"),
    (r"Norwegian kroner|NOK", "NOK"), (r"Danish kroner", "DKK"), (r"krona|kronor", "SEK"),
    (r"rupees", "INR"), (r"yuan", "CNY"), (r"francs", "CHF"), (r"won\b", "KRW"), (r"lira", "TRY"),
    (r"dirhams", "AED"), (r"riyals", "SAR"),
)  # fmt: skip
QUALIFIERS = (
    "up to|about|around|some|nearly|almost|more than|over|at least|an additional|additional|another|a further|further|"
    "an extra|roughly|an initial|an estimated|close to|just under|as much as|as many as|fewer than|approximately"
)
SMALL = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
)
NUMBERS = {word: value for value, word in enumerate(SMALL.split(), 1)} | {"half a": 0.5, "thirty": 30, "forty": 40}
SCALES = {
    "thousand": 1e3, "million": 1e6, "m": 1e6, "mn": 1e6, "billion": 1e9, "bn": 1e9, "trillion": 1e12, "dozen": 12,
    "hundred": 1e2, "crore": 1e7,
}  # fmt: skip


class Mistake(Exception):
    """A page that cannot be compiled."""


def number(words: str) -> float | int | None:
    """The number that words say: digits or a small number word, times its scale."""
    found = re.search(r"(\d[\d,]*(?:\.\d+)?)[\s-]*([A-Za-z]*)", words)
    if found:
        value = float(found[1].replace(",", "")) * SCALES.get(found[2], 1)
    else:
        low = words.lower()
        scale = next((SCALES[s] for s in SCALES if len(s) > 2 and re.search(rf"\b{s}\b", low)), 1)
        base = next((n for w, n in NUMBERS.items() if len(w) > 1 and re.search(rf"\b{w}\b", low)), None)
        if base is None:
            if scale == 1 or re.search(r"(thousand|million|billion|dozen|hundred)s\b", low):
                return None
            base = 1
        value = base * scale
    return int(value) if value == int(value) else value


def qualifier(words: str) -> str | None:
    """The words that make a number loose, without their article."""
    found = re.match(rf"({QUALIFIERS})\b", words.strip(), re.IGNORECASE)
    return re.sub(r"^(an?) ", "", found[1].lower()) if found else None


def name_of(words: str) -> str:
    """The plain name in a party's words: no article, no possessive, a state for its short forms."""
    bare = re.sub(r"^(?:the|The|a|an)\s+", "", re.sub(r"['’]s$", "", words))
    return NAMES.get(bare, bare)


def cell(value: str | None, sentence: str, where: str, first: bool = True) -> tuple[str | None, str | None]:
    """(words in the sentence, name meant). With ``first``, their first place must not be inside a word."""
    if value is None:
        return None, None
    words, _, name = value.partition("~")
    if not words:
        return None, name
    at = sentence.find(words)
    if at < 0:
        raise Mistake(f"{where}: {words!r} is not in {sentence!r}")
    end = at + len(words)
    before, after = sentence[at - 1 : at], sentence[end : end + 1]
    if first and (before.isalnum() and words[0].isalnum() or after.isalnum() and words[-1].isalnum()):
        raise Mistake(f"{where}: {words!r} first stands inside a word of {sentence!r}")
    return words, name or None


def parties(value: str | None, sentence: str, where: str) -> tuple[str | None, list[str]]:
    """The words of a party cell and the names they mean."""
    words, name = cell(value, sentence, where)
    if name is None:
        name = name_of(words) if words else ""
    return words, [n for n in name.split("+") if n]


def fields(line: str) -> tuple[str, dict[str, str], set[str]]:
    """Head, cells and flags of an annotation line."""
    head, *rest = [part.strip() for part in line[1:].split(" | ")]
    cells = {k: v for part in rest if "=" in part for k, v in [part.split("=", 1)]}
    return head.strip(), cells, {part for part in rest if "=" not in part}


def known(cells: dict[str, str], flags: set[str], names: str, where: str) -> None:
    """Fail on a cell or flag that does not exist."""
    odd = (set(cells) - set(names.split())) | (flags - {"opt", "cond", "cum"})
    if odd:
        raise Mistake(f"{where}: unknown {sorted(odd)}")


def amount(words: str | None) -> Entry | None:
    """Value, currency and qualifier of a sum's words; null if they name no number."""
    if words is None:
        return None
    value = number(words)
    currency = next((code for pattern, code in CURRENCIES if re.search(pattern, words)), None)
    return None if value is None or currency is None else {
        "value": float(value), "currency": currency, "qualifier": qualifier(words)}  # fmt: skip


def commitment(line: str, sentence: str, where: str, count: int) -> Entry:
    """A commitment from its annotation line."""
    stage, cells, flags = fields(line)
    known(cells, flags, "t by to w a s pl when spk part ev", where)
    evidence = cell(cells.get("ev", sentence), sentence, where)[0] or ""
    by, who = parties(cells.get("by"), evidence, where)
    to, whom = parties(cells.get("to"), evidence, where)
    what, summary = cell(cells.get("w"), evidence, where)
    total = cell(cells.get("a"), evidence, where)[0]
    place, place_name = cell(cells.get("pl"), evidence, where)
    when, day = cell(cells.get("when"), evidence, where)
    return {
        "who": who, "to": whom, "what": summary or what, "stage": stage, "amount": amount(total),
        "sector": cells.get("s"), "place": place_name or place, "when": day or when, "conditional": "cond" in flags,
        "part_of": count + int(cells["part"]) if "part" in cells else None, "cumulative": "cum" in flags,
        "optional": "opt" in flags, "evidence": evidence, "trigger": cell(cells.get("t"), evidence, where)[0],
        "by_text": by, "to_text": to, "what_text": what, "amount_text": total, "when_text": when, "place_text": place,
        "speaker_text": cell(cells.get("spk"), evidence, where, first=False)[0],
    }  # fmt: skip


def encounter(line: str, sentence: str, where: str) -> Entry:
    """An encounter from its annotation line."""
    head, cells, flags = fields(line)
    known(cells, flags, "t p pl when ev", where)
    kind, status = head.split()
    evidence = cell(cells.get("ev", sentence), sentence, where)[0] or ""
    people = [parties(p.strip(), evidence, where) for p in cells.get("p", "").split(";") if p.strip()]
    place, place_name = cell(cells.get("pl"), evidence, where)
    when, day = cell(cells.get("when"), evidence, where)
    return {
        "kind": kind, "participants": [n for _, names in people for n in names], "place": place_name or place,
        "when": day or when, "status": status, "evidence": evidence, "optional": "opt" in flags,
        "trigger": cell(cells.get("t"), evidence, where)[0],
        "participants_text": [words for words, _ in people if words], "when_text": when, "place_text": place,
    }  # fmt: skip


def figure(line: str, sentence: str, where: str) -> Entry:
    """A figure from its annotation line."""
    unit, cells, flags = fields(line)
    known(cells, flags, "v m of cl ev", where)
    evidence = cell(cells.get("ev", sentence), sentence, where)[0] or ""
    value = cell(cells.get("v"), evidence, where)[0] or ""
    measure = cell(cells.get("m"), evidence, where)[0]
    of, of_name = cell(cells.get("of"), evidence, where)
    claimant, claimed_by = parties(cells.get("cl"), evidence, where)
    loose = qualifier(value)
    plain = number(value)
    money = next((code for pattern, code in CURRENCIES if re.search(pattern, value)), None)
    return {
        "value": value if plain is None else plain,
        "unit": (f"{money} " if money else "") + unit + (f" ({loose})" if loose else ""),
        "of": of_name or of, "claimed_by": claimed_by[0] if claimed_by else None, "evidence": evidence,
        "optional": "opt" in flags, "value_text": value, "measure_text": measure, "of_text": of,
        "claimed_by_text": claimant,
    }  # fmt: skip


KINDS = {">": "commitments", "*": "encounters", "#": "figures"}


def annotate(gold: Entry, line: str, sentence: str, where: str) -> None:
    """Add the entry of an annotation line to its list in ``gold``."""
    entries = gold[KINDS[line[0]]]
    if line[0] == ">":
        entries.append(commitment(line, sentence, where, len(entries)))
    else:
        entries.append((encounter if line[0] == "*" else figure)(line, sentence, where))


def compile_page(page: Path, start: int) -> list[tuple[Entry, Entry]]:
    """The documents of a page with their gold; ids count on from ``start``. Raises Mistake with all that is wrong."""
    mistakes: list[str] = []
    made: list[tuple[Entry, Entry]] = []
    text, sentence = "", ""
    for at, raw in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        line, where = raw.strip(), f"{page.name}:{at}"
        if line.startswith("@"):
            day = line[1:].strip()
            identity = f"P{start + len(made):03}"
            doc: Entry = {"id": identity, "url": None, "title": None, "outlet": None,
                          "published": None if day == "-" else day, "text": ""}  # fmt: skip
            gold: Entry = {"id": identity, "published": doc["published"], **{kind: [] for kind in KINDS.values()}}
            made.append((doc, gold))
            text = ""
        elif line[0:1] in KINDS:
            try:
                annotate(gold, line, sentence, where)
            except Mistake as mistake:
                mistakes.append(str(mistake))
        elif not line:
            text += "\n\n" if text else ""
        else:
            sentence = line
            text += ("" if not text or text.endswith("\n") else " ") + line
            doc["text"] = text
    if mistakes:
        raise Mistake("\n" + "\n".join(mistakes))
    return made


def compile_all() -> list[tuple[Entry, Entry]]:
    """Every document of the phrasebook, in order of its pages."""
    made: list[tuple[Entry, Entry]] = []
    for page in sorted((HOME / "pages").glob("*.txt")):
        made += compile_page(page, len(made) + 1)
    return made


def main() -> None:
    """Write docs.jsonl and gold/, or only check that the pages compile."""
    made = compile_all()
    if "--check" not in sys.argv:
        lines = [json.dumps(doc, ensure_ascii=False) for doc, _ in made]
        (HOME / "docs.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
        (HOME / "gold").mkdir(exist_ok=True)
        for old in (HOME / "gold").glob("P*.json"):
            old.unlink()
        for doc, gold in made:
            path = HOME / "gold" / f"{doc['id']}.json"
            path.write_text(json.dumps(gold, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    stages: dict[str, int] = {}
    for _, gold in made:
        for entry in gold["commitments"]:
            stages[entry["stage"]] = stages.get(entry["stage"], 0) + 1
    meetings = sum(len(gold["encounters"]) for _, gold in made)
    figures = sum(len(gold["figures"]) for _, gold in made)
    print(len(made), "documents,", sum(stages.values()), stages, meetings, "encounters,", figures, "figures")


if __name__ == "__main__":
    main()
