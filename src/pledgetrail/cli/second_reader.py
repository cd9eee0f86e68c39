"""The command ``build`` with a language model as the reader: what leaves the machine is said before it does."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import typer

from pledgetrail.cli import building
from pledgetrail.cli.failures import INTERRUPTED, NOTHING, WITH_PROBLEMS, fail
from pledgetrail.cli.reader_options import ReaderOptions, rate
from pledgetrail.cli.terminal import clean
from pledgetrail.pipeline.building import NAMED_PROBLEMS
from pledgetrail.pipeline.second_reader import SecondReader, estimate_build
from pledgetrail.readers.asking import Asker
from pledgetrail.readers.cache import Cache, default_folder
from pledgetrail.readers.client import Client
from pledgetrail.readers.endpoint import Endpoint, endpoint, key_from
from pledgetrail.readers.estimate import ANSWER_SHARE, BYTES_A_TOKEN, Estimate
from pledgetrail.readers.pace import Pace
from pledgetrail.readers.replies import ensure_installed
from pledgetrail.sources import Settings

_MODEL = re.compile(r"[^\s\x00-\x1f\x7f-\x9f]{1,200}")


def run(
    reports: list[Path],
    output: Path,
    workers: int,
    batch_size: int,
    quiet: bool,
    options: ReaderOptions,
    *,
    settings: Settings | None = None,
    actors: Path | None = None,
) -> None:
    """Build with the reader that the options describe, or say what it would take."""
    if not options.base_url or not options.model:
        raise typer.BadParameter(f"--reader {options.reader} needs --base-url and --model")
    if not _MODEL.fullmatch(options.model):
        raise typer.BadParameter("--model takes a name without spaces")
    if workers > 1:
        raise typer.BadParameter("--workers is for the built-in reader; --concurrency says how many questions are sent")
    ensure_installed()
    where = endpoint(options.base_url, insecure=options.insecure)
    cache = Cache(options.cache or default_folder())
    if options.dry_run:
        _dry_run(reports, output, where, cache, options, settings)
        return
    key = key_from(options.api_key_env)
    _announce(where, options)
    pace = Pace(rate(options.rate) if options.rate else None)
    with Client(
        where, options.model, key=key, max_tokens=options.max_tokens, timeout=options.timeout, pace=pace
    ) as client:
        reader = SecondReader(Asker(client, cache, options.concurrency), beside=options.reader == "both")
        building.run(
            reports, output, 1, batch_size, quiet,
            interpret=reader, reader=reader.version, settings=settings, actors=actors,
            more=lambda: asked_lines(reader, where),
        )  # fmt: skip


def notice(where: Endpoint, model: str) -> str:
    """What leaves the machine, in plain words."""
    if where.loopback:
        return (
            f"reports are sent to a server on this machine, {where.host}, for {model} to read; "
            "where that server sends them is not in our hands"
        )
    how = "" if where.encrypted else ", NOT ENCRYPTED"
    return (
        f"texts leave this machine: reports that were not asked about before are sent to {where.host}{how}, "
        f"for {model} to read"
    )


def _announce(where: Endpoint, options: ReaderOptions) -> None:
    """Say what will be sent where, and let a person at a terminal stop it."""
    print(f"pledgetrail: {clean(notice(where, options.model or ''))}", file=sys.stderr, flush=True)
    if where.loopback or options.yes or not _at_terminal():
        return
    try:
        agreed = typer.confirm("Send them?", err=True)
    except typer.Abort:
        agreed = False
    if not agreed:
        fail("nothing was sent", INTERRUPTED)


def _at_terminal() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


def asked_lines(reader: SecondReader, where: Endpoint) -> Iterator[str]:
    """What was asked and what was left out, for the summary."""
    asked, spent = reader.asker.asked, reader.asker.client.spent
    yield f"  asked of {where.host}"
    yield f"    answers got       {asked.sent:,} ({spent.requests:,} requests, {spent.repeated:,} repeated)"
    yield f"    from the cache    {asked.cached:,}"
    if spent.tokens_in or spent.tokens_out:
        yield f"    tokens            {spent.tokens_in:,} in, {spent.tokens_out:,} out"
    yield f"    statements kept   {reader.tally['statements']:,}"
    for what, number in sorted(reader.tally.items()):
        if number and what != "statements":
            yield f"    left out          {number:,} {what}"


def _dry_run(
    reports: list[Path], output: Path, where: Endpoint, cache: Cache, options: ReaderOptions, settings: Settings | None
) -> None:
    found, problems = estimate_build(
        reports, output, options.model or "", cache, options.max_tokens,
        beside=options.reader == "both", settings=settings,
    )  # fmt: skip
    for problem in problems[:NAMED_PROBLEMS]:
        print(clean(f"pledgetrail: {problem.kind}: {problem.message}"), file=sys.stderr)
    for line in estimate_lines(found, where, options):
        print(clean(line))
    if not found.documents and problems:
        raise typer.Exit(NOTHING)
    if problems:
        raise typer.Exit(WITH_PROBLEMS)


def estimate_lines(found: Estimate, where: Endpoint, options: ReaderOptions) -> Iterator[str]:
    """The estimate, with how it was made."""
    yield f"Nothing was sent or written. A build would send to {where.host}, for {options.model}:"
    yield f"  documents           {found.documents:,}"
    yield f"    characters        {found.characters:,}"
    if found.too_long:
        yield f"    too long to send  {found.too_long:,}"
    yield f"  questions           {found.questions:,}"
    yield f"    cached, free      {found.cached:,}"
    yield f"  tokens in           about {found.tokens_in:,}"
    yield f"  tokens out          about {found.tokens_out:,}"
    if options.price_in is not None or options.price_out is not None:
        each = options.price_in or 0.0, options.price_out or 0.0
        yield f"  price               about {found.price(*each):,.2f}, at {each[0]:g} and {each[1]:g} a million tokens"
    yield (
        f"Tokens are estimated: {BYTES_A_TOKEN:g} bytes each, and {ANSWER_SHARE:g} bytes of answer for each byte of "
        f"report (no more than --max-tokens an answer). Repeated questions come on top."
    )
