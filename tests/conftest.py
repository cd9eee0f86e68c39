"""What all rooms' tests share: the model, loaded once a process, and the material kept outside the repository."""

from __future__ import annotations

import fcntl
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from spacy.language import Language

ROOT = Path(__file__).resolve().parent.parent

# A shell that starts the tests in the background lets them ignore SIGINT, and with them whatever they start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# No deadline: how long an example takes says something about the machine, not about the product.
settings.register_profile("pledgetrail", deadline=None, print_blob=True)
settings.load_profile("pledgetrail")


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's folder."""
    return ROOT


@pytest.fixture(scope="session")
def nlp() -> Language:
    """The English model as the product loads it."""
    from pledgetrail.language.model import load_model

    return load_model()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The annotated reports kept beside the repository (or where SHARED says); tests of them skip without."""
    path = Path(os.environ.get("SHARED", ROOT.parent / "shared"))
    if not (path / "dev" / "docs.jsonl").is_file():
        pytest.skip(f"no annotated reports at {path}; set SHARED to their folder")
    return path


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Path], Path]:
    """Builds a ledger of some reports under a name, once a run however many test processes ask for it.

    The ledger is called ``NAME.sqlite``; beside it, in the folder ``NAME``, is its export as JSONL. Both are shared:
    tests that change a ledger copy it first.
    """
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # what the processes of a run have in common

    def build_once(name: str, reports: Path) -> Path:
        ledger = folder / f"{name}.sqlite"
        with (folder / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (folder / name).is_dir():
                from pledgetrail.ledger.store import open_ledger
                from pledgetrail.pipeline import build
                from pledgetrail.publishing import export

                summary = build([reports], ledger)
                assert not summary.problems
                with open_ledger(ledger) as opened:
                    export(opened, "jsonl", folder / f"{name}.part")
                (folder / f"{name}.part").rename(folder / name)
        return ledger

    return build_once


@pytest.fixture(scope="session")
def sample_ledger(built: Callable[[str, Path], Path]) -> Path:
    """A ledger of the bundled reports. Copy it before changing it."""
    return built("samples", ROOT / "samples" / "reports")
