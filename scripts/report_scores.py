"""Write the measured scores into docs/reference/accuracy.md, reliability.svg, the model card and the README.

usage: python scripts/report_scores.py measure --product NAME --scorer FILE [--readings DIR] [--calibration FILE]
       python scripts/report_scores.py pages [--into DIR]

`measure` reckons docs/reference/accuracy.json from what scripts/cross_validate.py kept (NAME.train.pickle and
NAME.test.pickle in --readings; every other NAME there is an arm of the comparison) and what scripts/calibrate.py
measured, then writes the pages. `pages` writes them from the numbers that are there; a test holds that they are those
in the repository. --into writes them below another folder.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RESULTS = Path("docs/reference/accuracy.json")
PAGE, PLOT = Path("docs/reference/accuracy.md"), Path("docs/reference/reliability.svg")
README, CARD = Path("README.md"), Path("docs/reference/model-card.md")
KINDS = ("commitments", "encounters", "figures")
BEGIN, END = "<!-- scores: written by scripts/report_scores.py -->", "<!-- end of scores -->"
#: What to compare with (F1, full-row F1 for commitments), measured on like reports before this reader was made.
BASELINES = (
    ("two careful people", 0.93, 0.67),
    ("a list of keywords, written in an afternoon", 0.54, 0.10),
    ("a published event coder (UniversalPetrarch)", 0.45, 0.04),
)
#: Arms by the name of their readings, in the order they are shown.
ARMS = {
    "rules": "rules alone",
    "tables-no-phrasebook": "tables of weights, fitted without the phrasebook",
    "tables": "tables of weights",
    "encoder": "tables and encoder",
}
SHOWN_ERRORS = 10

Numbers = dict[str, Any]


def number(value: float | None) -> str:
    """A rate with two decimals; a dash for what was not measured."""
    return "–" if value is None else f"{value:.2f}"


def score_lines(results: Numbers) -> Iterator[str]:
    """Scores by kind, cross-validated and on reports that were never fitted on."""
    yield "| | | in the gold | precision | recall | F1 | full-row F1 |"
    yield "|---|---|---:|---:|---:|---:|---:|"
    for part in ("cross-validated", "dev"):
        for row, kind in enumerate(KINDS):
            score = results[part][kind]
            cells = " | ".join(number(score[name]) for name in ("precision", "recall", "f1", "full_row_f1"))
            first = f"{results['reports'][part]} reports, {part}" if row == 0 else ""
            yield f"| {first} | {kind} | {score['gold']} | {cells} |"


def baseline_lines(results: Numbers) -> Iterator[str]:
    """Commitments beside people and simpler programs."""
    yield "| commitments | F1 | full-row F1 |"
    yield "|---|---:|---:|"
    ours = [(f"Pledgetrail, {part}", results[part]["commitments"]) for part in ("cross-validated", "dev")]
    for name, f1, full in (BASELINES[0], *((n, s["f1"], s["full_row_f1"]) for n, s in ours), *BASELINES[1:]):
        yield f"| {name} | {number(f1)} | {number(full)} |"


def cell_lines(results: Numbers) -> Iterator[str]:
    """Shares of right cells over the found rows."""
    yield "| kind | cell | cross-validated | dev |"
    yield "|---|---|---:|---:|"
    for kind in KINDS:
        for name, value in results["cross-validated"][kind].items():
            cell, measured, stated = name.partition("_accuracy")
            if measured:
                said = f"`{cell}`{', when stated' if stated else ''}"
                yield f"| {kind} | {said} | {number(value)} | {number(results['dev'][kind].get(name))} |"


def stage_lines(results: Numbers) -> Iterator[str]:
    """Commitments by stage, cross-validated."""
    yield "| stage | in the gold | found | found at this stage | rows of this stage that are right | full |"
    yield "|---|---:|---:|---:|---:|---:|"
    for stage, n in results["by stage"].items():
        cells = " | ".join(number(n[name]) for name in ("found", "recall", "precision", "full"))
        yield f"| {stage} | {n['gold']} | {cells} |"


def group_lines(results: Numbers) -> Iterator[str]:
    """Scores by outlet and years, cross-validated: F1 and full-row F1 of each kind."""
    yield "| reports of | reports | commitments F1 | full | encounters F1 | full | figures F1 | full |"
    yield "|---|---:|---:|---:|---:|---:|---:|---:|"
    for name, n in results["by group"].items():
        rates = (n[k][x] if n[k]["gold"] else None for k in KINDS for x in ("f1", "full_row_f1"))
        yield f"| {name} | {n['reports']} | {' | '.join(map(number, rates))} |"


def arm_lines(results: Numbers) -> Iterator[str]:
    """What each part brings."""
    yield "| read by | | commitments F1 | full | encounters F1 | full | figures F1 | full |"
    yield "|---|---|---:|---:|---:|---:|---:|---:|"
    for arm, parts in results["arms"].items():
        for part, score in parts.items():
            rates = (score[k][x] for k in KINDS for x in ("f1", "full_row_f1"))
            yield f"| {ARMS.get(arm, arm)} | {part} | {' | '.join(map(number, rates))} |"


def error_lines(results: Numbers, examples: dict[str, dict[str, str]]) -> Iterator[str]:
    """The commonest kinds of error with examples of our own."""
    whole = sum(count for _, count in results["errors"])
    for rank, (key, count) in enumerate(results["errors"][:SHOWN_ERRORS], start=1):
        said = examples[key]
        kind = key.partition(":")[0]
        yield f"{rank}. **{kind}: {said['says']}** ({count} of {whole:,} errors). “{said['text']}”"
        yield f"   Read: {said['read']}. Right: {said['right']}."


def confidence_lines(results: Numbers) -> Iterator[str]:
    """What confidences are worth, and what to ask for."""
    found = results["calibration"]
    errors = found["expected_calibration_error"]
    yield "| | rows | expected calibration error | `--min-confidence` for precision .90 | precision | recall |"
    yield "|---|---:|---:|---:|---:|---:|"
    for kind in KINDS:
        rows = sum(n for n, _, _ in found["reliability"][kind])
        advice = found["advised"][kind] or {}
        cells = " | ".join(number(advice.get(name)) for name in ("min_confidence", "precision", "recall"))
        yield f"| {kind} | {rows:,} | {errors[kind]:.3f} | {cells} |"
    rows = sum(n for n, _, _ in found["reliability"]["all"])
    yield f"| all | {rows:,} | {errors['all']:.3f} | | | |"


def threshold_lines(results: Numbers) -> Iterator[str]:
    """Precision and recall at some ``--min-confidence``."""
    yield "| `--min-confidence` | commitments: P | R | encounters: P | R | figures: P | R |"
    yield "|---:|---:|---:|---:|---:|---:|---:|"
    for row in results["calibration"]["thresholds"][::2]:
        rates = (row[k][x] if row[k]["recall"] else None for k in KINDS for x in ("precision", "recall"))
        yield f"| {row['min_confidence']:.1f} | {' | '.join(map(number, rates))} |"


def page_lines(results: Numbers, examples: dict[str, dict[str, str]]) -> Iterator[str]:
    """The page, between its head and its foot."""
    yield f"Version {results['version']}, read by {ARMS.get(results['product'], results['product'])}."
    parts: list[tuple[str, str, Iterator[str]]] = [
        ("Rows", "", score_lines(results)),
        ("Beside people and simpler programs", "", baseline_lines(results)),
        (
            "Cells",
            "Shares of the found rows; “when stated” counts only those whose gold has the cell.",
            cell_lines(results),
        ),
        ("Stages", "Cross-validated.", stage_lines(results)),
        ("Outlets and years", "Cross-validated.", group_lines(results)),
        ("What each part brings", "", arm_lines(results)),
        (
            "Confidence",
            "A row's confidence is the chance that it is found in the gold. These are cross-validated too: neither the "
            "weights nor the curve had seen the reports they are measured on.",
            confidence_lines(results),
        ),
        ("", "![Share of right rows by confidence](reliability.svg)", iter(())),
        ("", "", threshold_lines(results)),
        (
            "The ten commonest errors",
            "Counted over the cross-validated reports; the examples are ours and invented.",
            error_lines(results, examples),
        ),
    ]
    for title, remark, lines in parts:
        if title:
            yield from ("", f"## {title}")
        if remark:
            yield from ("", remark)
        body = list(lines)
        if body:
            yield from ("", *body)


def plot(results: Numbers) -> str:
    """The reliability plot: for each tenth of confidence the share that is right, its mark as large as it has rows."""
    size, edge = 360, 48
    span = size - 2 * edge
    x, y = (lambda v: edge + v * span), (lambda v: size - edge - v * span)
    colours = dict(zip(KINDS, ("#1b6ca8", "#b4541a", "#3c7a3c"), strict=True))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" font-family="sans-serif" font-size="11">',
        "<title>Share of right rows by confidence, on reports not trained on</title>",
        f'<rect width="{size}" height="{size}" fill="white"/>',
        f'<path d="M{x(0)} {y(0)}L{x(1)} {y(1)}" stroke="#999" stroke-dasharray="4 4"/>',
        f'<path d="M{x(0)} {y(1)}V{y(0)}H{x(1)}" fill="none" stroke="#333"/>',
    ]
    for tenth in range(0, 11, 2):
        v = tenth / 10
        parts.append(f'<text x="{x(v):.0f}" y="{y(0) + 16}" text-anchor="middle">{v:g}</text>')
        parts.append(f'<text x="{x(0) - 8}" y="{y(v) + 4:.0f}" text-anchor="end">{v:g}</text>')
    parts.append(f'<text x="{size / 2:g}" y="{size - 10}" text-anchor="middle">confidence</text>')
    turned = f'transform="rotate(-90 14 {size / 2:g})"'
    parts.append(f'<text x="14" y="{size / 2:g}" text-anchor="middle" {turned}>share of rows that are right</text>')
    for row, kind in enumerate(KINDS):
        bins = results["calibration"]["reliability"][kind]
        line = " ".join(f"{x(c):.1f},{y(r):.1f}" for _, c, r in bins)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colours[kind]}" stroke-opacity=".5"/>')
        for n, c, r in bins:
            radius = min(2 + (n**0.5) / 4, 8)
            parts.append(
                f'<circle cx="{x(c):.1f}" cy="{y(r):.1f}" r="{radius:.1f}" fill="{colours[kind]}" fill-opacity=".8"/>'
            )
        parts.append(f'<text x="{x(0.04):.0f}" y="{y(0.95) + 15 * row:.0f}" fill="{colours[kind]}">{kind}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def readme_lines(results: Numbers, bundled: Numbers) -> Iterator[str]:
    """The README's table: the bundled reports by their own scorer, then the dev reports."""
    yield "| | | in the gold | precision | recall | F1 | full-row F1 |"
    yield "|---|---|---:|---:|---:|---:|---:|"
    others = (f"{results['reports']['dev']} other reports", results["dev"], "full_row_f1")
    for name, scores, full in ((f"{results['reports']['bundled']} bundled reports", bundled, "full_f1"), others):
        for row, kind in enumerate(KINDS):
            score = scores[kind]
            cells = " | ".join(number(score[rate]) for rate in ("precision", "recall", "f1", full))
            yield f"| {name if not row else ''} | {kind} | {score['gold']} | {cells} |"


def card_lines(results: Numbers) -> Iterator[str]:
    """The model card's summary of scores."""
    yield from score_lines(results)
    yield ""
    counted = [(stage, n) for stage, n in results["by stage"].items() if n["gold"]]
    worst = sorted(counted, key=lambda s: s[1]["recall"])[:4]
    named = ", ".join(f"{stage} ({number(n['recall'])} of {n['gold']})" for stage, n in worst)
    yield f"Found least often at their stage: {named}. By stage, outlet and year: [Accuracy](accuracy.md)."


def put(text: str, lines: list[str], name: Path) -> str:
    """A page with what is between its markers replaced. Raises ValueError if it has them not exactly once."""
    found = re.compile(f"{re.escape(BEGIN)}\n.*?{re.escape(END)}", re.DOTALL)
    if len(found.findall(text)) != 1:
        raise ValueError(f"{name} must have the markers of the scores once")
    written = "\n".join([BEGIN, *lines, END])
    return found.sub(lambda _: written, text)


def pages() -> dict[Path, str]:
    """Every page that has scores, as it should be."""
    results = json.loads((ROOT / RESULTS).read_text(encoding="utf-8"))
    bundled = json.loads((ROOT / "samples" / "baseline.json").read_text(encoding="utf-8"))
    results["reports"]["bundled"] = len(list((ROOT / "samples" / "gold").glob("*.json")))
    listed = tomllib.loads((ROOT / "training" / "error-examples.toml").read_text(encoding="utf-8"))["error"]
    examples = {entry["key"]: entry for entry in listed}
    bodies = {
        README: list(readme_lines(results, bundled)),
        PAGE: list(page_lines(results, examples)),
        CARD: list(card_lines(results)),
    }
    found = {name: put((ROOT / name).read_text(encoding="utf-8"), lines, name) for name, lines in bodies.items()}
    return {**found, PLOT: plot(results)}


def _two(score: Numbers) -> Numbers:
    return {name: score[name] for name in ("f1", "full_row_f1")}


def measure(options: argparse.Namespace) -> None:
    """Reckon the results and keep them."""
    sys.path.insert(0, str(Path(__file__).parent))
    import judging
    from measuring import measured
    from pledgetrail import __version__

    scorer = judging.load_scorer(options.scorer)

    def readings(arm: str, part: str) -> list[judging.Reading] | None:
        path = options.readings / f"{arm}.{part}.pickle"
        return judging.kept(path) if path.is_file() else None

    train = readings(options.product, "train")
    if train is None:
        sys.exit(f"no {options.product}.train.pickle in {options.readings}: run scripts/cross_validate.py")
    results = {"version": __version__, "product": options.product}
    results |= measured(scorer, train, readings(options.product, "test"))
    results["calibration"] = json.loads(options.calibration.read_text(encoding="utf-8"))
    results["arms"] = arms = {}
    for arm in ARMS:
        kept = {"cross-validated": readings(arm, "train"), "dev": readings(arm, "test")}
        found = {part: judging.scores(scorer, r) for part, r in kept.items() if r}
        if found:
            arms[arm] = {part: {kind: _two(score) for kind, score in f.items()} for part, f in found.items()}
    (ROOT / RESULTS).write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """Measure if asked to, and write the pages."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    first = commands.add_parser("measure")
    first.add_argument("--product", required=True, help="whose readings are the product's: encoder, tables, rules")
    first.add_argument("--scorer", type=Path, required=True)
    first.add_argument("--readings", type=Path, default=Path("out/readings"))
    first.add_argument("--calibration", type=Path, required=True)
    second = commands.add_parser("pages")
    for command in (first, second):
        command.add_argument("--into", type=Path, default=ROOT)
    options = parser.parse_args()
    if options.command == "measure":
        measure(options)
    for name, text in pages().items():
        (options.into / name).parent.mkdir(parents=True, exist_ok=True)
        (options.into / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
