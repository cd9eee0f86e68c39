"""Walk what the user named and stream its reports, in an order that depends on names alone."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from pledgetrail.records import Problem, RawReport
from pledgetrail.sources.bounds import Unreadable
from pledgetrail.sources.formats import detect
from pledgetrail.sources.inputs import Input, Settings, file_input
from pledgetrail.sources.names import printable

_HEAD: Final = 4096


def read_reports(specs: Iterable[Path | str], *, settings: Settings | None = None) -> Iterator[RawReport | Problem]:
    """Reports and problems of files and folders, one by one: what is named first comes first, folders sorted by name.

    A plain file's id is its path relative to the folder given (its name, if it was given itself), with ``/``
    between the parts. Hidden files (a name that starts with a dot) inside folders are left out; symbolic links
    to folders are not followed, and links to files only inside the folder given. Whatever cannot be read is a
    Problem that names it; nothing is raised for bad input.
    """
    settings = settings or Settings()
    for spec in specs:
        path = Path(spec)
        try:
            mode = path.stat().st_mode
        except (OSError, ValueError) as error:
            yield _problem(printable(str(path)), error)
            continue
        if stat.S_ISDIR(mode):
            yield from _folder(path, settings)
        else:
            yield from _file(path, mode, printable(str(path)), printable(path.name), settings)


def _folder(root: Path, settings: Settings) -> Iterator[RawReport | Problem]:
    """Depth first, names in order. Holds one listing a level, never the whole tree."""
    real = Path(os.path.realpath(root))
    pending = [_listing(root)]
    found = False
    while pending:
        entry = next(pending[-1], None)
        if entry is None:
            pending.pop()
        elif isinstance(entry, Problem):
            found = True
            yield entry
        elif entry.is_dir() and not entry.is_symlink():
            pending.append(_listing(entry))
        else:
            found = True
            yield from _entry(entry, root, real, settings)
    if not found:
        name = printable(str(root))
        yield Problem(name, "empty", f"{name}: no file in this folder")


def _listing(folder: Path) -> Iterator[Path | Problem]:
    """The entries of a folder in order of name, listed when first asked for."""
    try:
        names = sorted((n for n in os.listdir(folder) if not n.startswith(".")), key=os.fsencode)
    except OSError as error:
        yield _problem(printable(str(folder)), error)
        return
    for name in names:
        yield folder / name


def _entry(path: Path, root: Path, real: Path, settings: Settings) -> Iterator[RawReport | Problem]:
    source = printable(str(path))
    if path.is_symlink():
        target = os.path.realpath(path)
        if os.path.isdir(target):
            yield Problem(source, "link", f"{source}: a link to a folder; links to folders are not followed")
            return
        if os.path.exists(target) and not Path(target).is_relative_to(real):
            yield Problem(source, "link", f"{source}: a link that leads out of the folder given; not followed")
            return
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:
        yield _problem(source, error)
        return
    yield from _file(path, mode, source, printable(path.relative_to(root).as_posix()), settings)


def _file(path: Path, mode: int, source: str, id: str, settings: Settings) -> Iterator[RawReport | Problem]:
    if not stat.S_ISREG(mode):  # a pipe or device could block for ever
        yield Problem(source, "not-a-file", f"{source}: neither a file nor a folder")
        return
    yield from read_input(file_input(path, source, id), settings)


def read_input(item: Input, settings: Settings) -> Iterator[RawReport | Problem]:
    """The reports and problems of one input, in whatever format its first bytes and its name say it is.

    What is packed is unpacked on the way, to the depth that the limits allow.
    """
    try:
        with item.open() as stream:
            head = stream.read(_HEAD)
        form = detect(item.name, head)
        if form.reader is not None:
            yield from form.reader(item, settings)
        elif form.members is None:
            yield Problem(item.source, "unsupported", f"{item.source}: {form.name} is not read yet")
        elif item.depth >= settings.limits.nesting:
            message = f"{item.source}: more than {settings.limits.nesting} layers of packing; not unpacked"
            yield Problem(item.source, "nested", message)
        else:
            for member in form.members(item, settings):
                yield from [member] if isinstance(member, Problem) else read_input(member, settings)
    except OSError as error:
        yield _problem(item.source, error)


def _problem(source: str, error: OSError | ValueError) -> Problem:
    if isinstance(error, Unreadable):
        return Problem(source, error.kind, f"{source}: {error}")
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return Problem(source, "missing", f"{source}: no such file or folder")
    if isinstance(error, PermissionError):
        return Problem(source, "unreadable", f"{source}: no permission to read it")
    why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return Problem(source, "unreadable", f"{source}: cannot be read ({why})")
