"""The project as a whole: what is packed, what is written about it, and what the command line costs to start."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import pledgetrail


def tracked_files(root: Path) -> list[Path]:
    """The files of the repository, as git knows them."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, check=False)
    if listed.returncode != 0:
        pytest.skip(f"not a git checkout: {listed.stderr.decode().strip()}")
    paths = (root / name for name in listed.stdout.decode().split("\0") if name)
    return [path for path in paths if path.is_file()]


@pytest.fixture(scope="module")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names in the wheel that the project builds."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=root, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    with zipfile.ZipFile(built) as archive:
        return set(archive.namelist())


def test_every_data_file_is_in_the_wheel(root: Path, wheel: set[str]) -> None:
    data = {
        path.relative_to(root / "src").as_posix()
        for path in (root / "src" / "pledgetrail").rglob("data/**/*")
        if path.suffix in {".toml", ".csv", ".json", ".txt"}
    }
    assert data, "no package data found: is this test looking in the right place?"
    assert data <= wheel


def test_types_and_licence_are_in_the_wheel(wheel: set[str]) -> None:
    assert "pledgetrail/py.typed" in wheel
    assert any(name.endswith("dist-info/licenses/LICENSE") for name in wheel)


def test_changelog_has_the_current_version(root: Path) -> None:
    changelog = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(rf"^## {re.escape(pledgetrail.__version__)}\b", changelog, re.MULTILINE)


# Put together here, so that this file does not name what it forbids.
PLACES = re.compile(r"(?<![\w.~-])/(?:" + "|".join(["work", "root", "home", "Users"]) + r")/\w")
HOSTS = re.compile(
    "|".join(re.escape(".".join(parts)) for parts in [("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org")])
)


@pytest.mark.parametrize("forbidden", [PLACES, HOSTS], ids=["paths of one machine", "hosts of package registries"])
def test_repository_names_no(forbidden: re.Pattern[str], root: Path) -> None:
    found = [
        f"{path.relative_to(root)}: {match.group()}"
        for path in tracked_files(root)
        if (match := forbidden.search(path.read_bytes().decode("utf-8", errors="replace")))
    ]
    assert not found


def test_every_locked_package_has_a_hash(root: Path) -> None:
    for file in sorted((root / "requirements").glob("*.txt")):
        joined = file.read_text(encoding="utf-8").replace("\\\n", " ")
        requirements = [line for line in joined.splitlines() if line.strip() and not line.startswith("#")]
        assert requirements
        for line in requirements:
            assert re.match(r"[a-z0-9._-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", line), f"{file.name}: {line[:80]}"


def test_every_dependency_is_locked(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    named = [
        *project["project"]["dependencies"],
        *project["project"]["optional-dependencies"]["dev"],
        *project["build-system"]["requires"],
    ]
    lock = (root / "requirements" / "lock.txt").read_text(encoding="utf-8")
    locked = {line.split("==")[0] for line in lock.splitlines() if "==" in line}
    assert {re.split(r"[^A-Za-z0-9._-]", requirement)[0] for requirement in named} <= locked


def test_model_package_named_in_the_code_is_the_locked_one(root: Path) -> None:
    from pledgetrail.language.model import PINNED_REQUIREMENT

    assert f"\n{PINNED_REQUIREMENT} " in (root / "requirements" / "model.txt").read_text(encoding="utf-8")


def test_decisions_are_all_in_their_index(root: Path) -> None:
    folder = root / "docs" / "decisions"
    index = (folder / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\((\d{4}-[\w-]+\.md)\)", index)) == {path.name for path in folder.glob("[0-9]*.md")}


def test_links_between_pages_lead_somewhere(root: Path) -> None:
    pages = [path for path in tracked_files(root) if path.suffix == ".md"]
    broken = [
        f"{page.relative_to(root)}: {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert not broken


def test_every_make_target_of_the_pages_exists(root: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (root / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    pages = [root / "README.md", root / "CONTRIBUTING.md", root / "bench" / "README.md", root / ".ci" / "run"]
    named = {
        target
        for page in pages
        for target in re.findall(r"(?:^|`)make ([a-z-]+)", page.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert {"demo", "test", "setup"} <= named <= targets


HELP = """
import sys

sys.argv = ["pledgetrail", "--help"]
from pledgetrail.cli import main

try:
    main()
except SystemExit as exit_:
    assert not exit_.code, exit_.code
print("loaded:", *sorted({name.partition(".")[0] for name in sys.modules}))
"""


def test_help_loads_nothing_heavy() -> None:
    done = subprocess.run([sys.executable, "-c", HELP], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    *shown, loaded = done.stdout.splitlines()
    assert "build" in "\n".join(shown)
    assert not {"spacy", "thinc", "numpy", "sqlalchemy", "rapidfuzz", "ahocorasick_rs"} & set(loaded.split())
