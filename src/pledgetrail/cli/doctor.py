"""The command ``doctor``: what is installed and whether it works, in words or as JSON."""

from __future__ import annotations

import hashlib
import importlib
import importlib.metadata
import json
import platform
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Final, Literal

import typer

from pledgetrail import __version__
from pledgetrail.cli.failures import FINE, NO_MODEL, WITH_PROBLEMS
from pledgetrail.cli.terminal import clean

#: Works; works, but reads worse than it could; does not work; is not installed and need not be.
State = Literal["works", "degraded", "broken", "optional"]

_CODES: Final[dict[State, int]] = {"works": FINE, "optional": FINE, "degraded": WITH_PROBLEMS, "broken": NO_MODEL}
_REQUIREMENT: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class Check:
    """One part, whether it works, and what to do if it does not."""

    name: str
    state: State
    says: str
    remedy: str | None = None


def checks() -> Iterator[Check]:
    """All parts. A check that fails in a way that nobody foresaw is a part that does not work."""
    for check in (_python, _packages, _language_model, _tables, _encoder, _calibration, _store, _second_reader):
        try:
            yield check()
        except Exception as error:
            yield Check(check.__name__.strip("_").replace("_", " "), "broken", f"{type(error).__name__}: {error}")


def _python() -> Check:
    where = f"Python {platform.python_version()} on {platform.system()}, pledgetrail {__version__}"
    return Check("python", "works" if sys.version_info >= (3, 11) else "broken", where)


def _packages() -> Check:
    """The packages that pledgetrail requires, as far as its own record of them is installed."""
    try:
        required = importlib.metadata.requires("pledgetrail") or []
    except importlib.metadata.PackageNotFoundError:
        return Check("packages", "works", "pledgetrail runs from its folder; its packages were not compared")
    named = [found[0] for line in required if "extra ==" not in line and (found := _REQUIREMENT.match(line))]
    missing = [name for name in named if not _version(name)]
    if missing:
        return Check("packages", "broken", f"missing: {', '.join(missing)}", "pip install --upgrade pledgetrail")
    return Check("packages", "works", f"all {len(named)} required ones are installed")


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _language_model() -> Check:
    from pledgetrail.language.model import PINNED_PACKAGE, ModelError, model_name, model_path_and_source, verify

    try:
        path, source = model_path_and_source()
        if source == PINNED_PACKAGE:
            verify(path)
    except ModelError as error:
        return Check("language model", "broken", str(error), "make model")
    how = "its files are those that were published" if source == PINNED_PACKAGE else "installed under its own name"
    return Check("language model", "works", f"{model_name()} from {source}; {how}")


def _tables() -> Check:
    from pledgetrail.extraction.deciders import DECISIONS
    from pledgetrail.extraction.decisions import load_model
    from pledgetrail.extraction.parts import data_folder, missing_tables

    missing = missing_tables()
    digest = hashlib.sha256()
    for name in DECISIONS:
        if name not in missing:
            load_model(name)  # raises ValueError for a table that is malformed
            digest.update((data_folder() / f"{name}.weights.tsv").read_bytes())
    if missing:
        says = f"missing for {', '.join(missing)}: rules take these decisions, and find and fill fewer rows rightly"
        return Check("tables of weights", "degraded", says, "pip install --force-reinstall --no-deps pledgetrail")
    return Check("tables of weights", "works", f"all {len(DECISIONS)}, sha256 {digest.hexdigest()[:16]}")


def _encoder() -> Check:
    from pledgetrail.extraction.parts import data_folder, has_encoder

    again = "pip install --force-reinstall --no-deps pledgetrail"
    if not has_encoder():
        return Check("encoder", "degraded", "the encoder is missing: decisions use the tables alone", again)
    absent = [name for name in ("onnxruntime", "tokenizers") if not _importable(name)]
    if absent:
        says = f"{' and '.join(absent)} cannot be imported"
        return Check("encoder", "broken", says, f"pip install {' '.join(absent)}")
    from pledgetrail.extraction.encoder import verified

    try:
        manifest = verified(data_folder() / "encoder")
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        return Check("encoder", "broken", str(error), again)
    digests = "".join(manifest["files"][name] for name in sorted(manifest["files"]))
    whole = hashlib.sha256(digests.encode()).hexdigest()[:16]
    return Check("encoder", "works", f"its files are those of its manifest, sha256 {whole}")


def _importable(name: str) -> bool:
    try:
        importlib.import_module(name)
    except ImportError:
        return False
    return True


def _calibration() -> Check:
    from pledgetrail.extraction.calibration import curves
    from pledgetrail.extraction.deciders import shipped

    reader = shipped().calibration
    if reader not in curves():
        says = f"no curve for the reader {reader!r}: confidences are raw, too sure or not sure enough"
        return Check("calibration", "degraded", says, "make train")
    return Check("calibration", "works", f"confidences are those counted for the reader {reader!r}")


def _store() -> Check:
    import sqlite3

    with sqlite3.connect(":memory:") as connection:
        try:
            connection.execute("CREATE VIRTUAL TABLE words USING fts5(text)")
        except sqlite3.OperationalError:
            says = f"SQLite {sqlite3.sqlite_version} has no full-text search (FTS5)"
            return Check("store", "broken", says, "use a Python whose sqlite3 is built with FTS5")
    return Check("store", "works", f"SQLite {sqlite3.sqlite_version} with full-text search (FTS5)")


def _second_reader() -> Check:
    version = _version("jsonschema")
    if version is None:
        return Check("second reader", "optional", "not installed (--reader llm)", "pip install 'pledgetrail[llm]'")
    return Check("second reader", "works", f"jsonschema {version} is there (--reader llm)")


def worst(found: list[Check]) -> State:
    """The state of the whole installation."""
    return max((check.state for check in found), key=lambda state: _CODES[state], default="works")


def run(format: str, made: Callable[[], Iterator[Check]] = checks) -> None:
    """Print every part, and end with 0 if all works, 1 if it reads with less than all, 5 if it cannot read."""
    if format not in ("text", "json"):
        raise typer.BadParameter(f"--format is text or json, not {format!r}")
    found = list(made())
    state = worst(found)
    if format == "json":
        whole = {"version": __version__, "state": "works" if state == "optional" else state}
        print(json.dumps({**whole, "checks": [asdict(check) for check in found]}, indent=2))
    else:
        for line in lines(found, state):
            print(clean(line))
    if _CODES[state]:
        raise typer.Exit(_CODES[state])


def lines(found: list[Check], state: State) -> Iterator[str]:
    """The parts in words, one line each, with what to do about those that do not work."""
    for check in found:
        yield f"{check.state:<9} {check.name:<18} {check.says}"
        if check.remedy and check.state != "works":
            yield f"{'':<9} {'':<18} to mend it: {check.remedy}"
    yield {
        "works": "All parts work.",
        "optional": "All parts work that are needed.",
        "degraded": "Reports can be read, but not as well as with all parts.",
        "broken": "Reports cannot be read until this is mended.",
    }[state]
