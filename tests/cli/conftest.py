from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def fake() -> ModuleType:
    """The reader for tests, importable by worker processes too."""
    folder = str(Path(__file__).resolve().parent.parent / "ledger")
    if folder not in sys.path:
        sys.path.append(folder)
    return importlib.import_module("fake_reader")
