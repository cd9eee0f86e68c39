"""What all rooms' tests share: the model, loaded once a process, and the material kept outside the repository."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from spacy.language import Language

ROOT = Path(__file__).resolve().parent.parent

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
