"""The commands with their options and help. What they do is in a module of its own for each."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pledgetrail import __version__
from pledgetrail.cli import reader_options as options
from pledgetrail.cli.failures import MEANINGS, named

_CODES = "\b\nExit codes:\n" + "\n".join(f"  {code:<4} {meaning}" for code, meaning in MEANINGS.items())

app = typer.Typer(
    name="pledgetrail",
    help="Read reports and keep a ledger of who promised what, with a sentence behind every cell.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=_CODES,
)


def epilog(*examples: str) -> str:
    """The end of a command's help: examples and exit codes."""
    return "\b\nExamples:\n" + "\n".join(f"  {example}" for example in examples) + "\n\n" + _CODES


def _version(value: bool) -> None:
    if value:
        print(f"pledgetrail {__version__}")
        raise typer.Exit


@app.callback()
def _common(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Read reports and keep a ledger of who promised what, with a sentence behind every cell."""


FetchRate = Annotated[
    float, typer.Option("--rate", metavar="SECONDS", min=0, max=3600, help="Between two requests to one host.")
]
FetchTimeout = Annotated[
    float, typer.Option("--timeout", metavar="SECONDS", min=0.1, max=3600, help="For an address, redirects included.")
]
FetchBytes = Annotated[
    int, typer.Option("--max-bytes", metavar="N", min=1, help="Larger answers are dropped, packed or unpacked.")
]
FetchRedirects = Annotated[int, typer.Option("--max-redirects", metavar="N", min=0, max=50, help="In a row.")]
FetchAgent = Annotated[
    str | None,
    typer.Option(
        "--user-agent", metavar="TEXT", help="What requests call you; say how to reach you.", show_default=False
    ),
]
FetchPrivate = Annotated[
    bool, typer.Option("--allow-private", help="Also ask hosts with private, loopback and other closed addresses.")
]
LedgerPath = Annotated[Path, typer.Argument(metavar="LEDGER", help="The ledger's file.", show_default=False)]


@app.command(
    epilog=epilog(
        "pledgetrail build reports/ -o karabakh.sqlite",
        "pledgetrail build january.jsonl february.jsonl -o karabakh.sqlite --workers 4",
        "pledgetrail build export.csv -o karabakh.sqlite --map text=Body,published=Date",
        "pledgetrail build reports/ -o k.sqlite --reader llm --base-url http://localhost:8080/v1 --model M --dry-run",
    )
)
@named
def build(
    reports: Annotated[
        list[Path],
        typer.Argument(
            metavar="REPORTS...",
            help="Files and folders: text, pages, archives, feeds, tables, JSON, mail, PDF.",
            show_default=False,
        ),
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="LEDGER", help="The ledger to write; made if it is not there.")
    ],
    workers: Annotated[
        int, typer.Option(metavar="N", min=1, max=256, help="Processes that read at the same time.")
    ] = 1,
    batch_size: Annotated[int, typer.Option(metavar="N", min=1, max=10_000, help="Documents written at a time.")] = 50,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print problems only.")] = False,
    columns: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="FIELD=COLUMN,...",
            help="Which column of a table holds what, like text=Body,published=Date. Else the usual names are known.",
            show_default=False,
        ),
    ] = None,
    actors: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            exists=True,
            dir_okay=False,
            help="A list of actors with their names and identifiers (CSV); the ledger keeps it.",
            show_default=False,
        ),
    ] = None,
    reader: options.Reader = "model",
    base_url: options.BaseUrl = None,
    model: options.Model = None,
    api_key_env: options.ApiKeyEnv = None,
    rate: options.Rate = None,
    concurrency: options.Concurrency = 4,
    max_tokens: options.MaxTokens = 8192,
    timeout: options.Timeout = 120.0,
    cache: options.CacheFolder = None,
    dry_run: options.DryRun = False,
    price_in: options.PriceIn = None,
    price_out: options.PriceOut = None,
    yes: options.Yes = False,
    insecure: options.Insecure = False,
) -> None:
    """Read reports into a ledger.

    Documents that the ledger already has are skipped, so the same command can be run again at any time: after new
    reports have come, or after it was interrupted, even killed. A report that was revised is read again, and its
    rows keep their ids. What cannot be read is named, and the rest goes on.
    """
    from pledgetrail.sources import Settings
    from pledgetrail.sources.columns import MapError, parse_map

    try:
        settings = Settings(columns=parse_map(columns or ()))
    except MapError as error:
        raise typer.BadParameter(str(error), param_hint="--map") from None
    if reader in ("llm", "both"):
        from pledgetrail.cli import second_reader

        said = options.ReaderOptions(
            reader, base_url, model, api_key_env, rate, concurrency, max_tokens, timeout, cache, dry_run, price_in,
            price_out, yes, insecure,
        )  # fmt: skip
        second_reader.run(reports, output, workers, batch_size, quiet, said, settings=settings, actors=actors)
        return
    if dry_run or base_url or model:
        raise typer.BadParameter("--base-url, --model and --dry-run go with --reader llm or both")

    from pledgetrail.cli.building import run_built_in

    run_built_in(reports, output, workers, batch_size, quiet, rules=reader == "rules", settings=settings, actors=actors)


@app.command(
    epilog=epilog(
        "pledgetrail show karabakh.sqlite",
        "pledgetrail show karabakh.sqlite --stage pledge --by Pakistan --evidence",
        "pledgetrail show karabakh.sqlite --kind figure --since 2020-09 --until 2020-11-10",
        "pledgetrail show karabakh.sqlite --to AZE | cut -f 1,3,5",
    )
)
@named
def show(
    ledger: LedgerPath,
    kind: Annotated[
        str | None, typer.Option(metavar="KIND", help="Only commitment, encounter or figure.", show_default=False)
    ] = None,
    stage: Annotated[
        str | None,
        typer.Option(metavar="STAGE", help="Only commitments at this stage, like pledge.", show_default=False),
    ] = None,
    by: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="Who gives, meets or claims: a name, alias or country code.", show_default=False
        ),
    ] = None,
    to: Annotated[
        str | None, typer.Option(metavar="NAME", help="To whom, or through whom: likewise.", show_default=False)
    ] = None,
    place: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only what is about this place.", show_default=False)
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="Not before this day, month or year (2021-01-13).", show_default=False),
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="DATE", help="Not after this day, month or year.", show_default=False)
    ] = None,
    min_confidence: Annotated[
        float | None, typer.Option(metavar="X", min=0, max=1, help="Only rows at least this sure.", show_default=False)
    ] = None,
    evidence: Annotated[bool, typer.Option("--evidence", help="Print the sentences of each row.")] = False,
    limit: Annotated[
        int | None,
        typer.Option(
            metavar="N", min=0, help="At most so many rows of a kind; 0 for all. On a terminal 100.", show_default=False
        ),
    ] = None,
) -> None:
    """Print the rows of a ledger as tables.

    On a terminal the tables fit its width. Into a pipe or file go all rows in full, columns set off by tabs.
    """
    from pledgetrail.cli.showing import Request, run

    run(ledger, Request(kind, stage, by, to, place, since, until, min_confidence, evidence, limit))


@app.command(
    epilog=epilog(
        "pledgetrail export karabakh.sqlite --format jsonl --out out/",
        "pledgetrail export karabakh.sqlite --format csv --out tables/",
    )
)
@named
def export(
    ledger: LedgerPath,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The folder to write to; made if need be.")],
    format: Annotated[
        str,
        typer.Option("--format", metavar="NAME", help="jsonl (all there is, for programs) or csv (for spreadsheets)."),
    ] = "jsonl",
) -> None:
    """Write a ledger's rows, documents and actors to files.

    Files of an earlier export in the folder are replaced, each as a whole; no other file is touched.
    """
    from pledgetrail.cli.exporting import run

    run(ledger, format, out)


@app.command(
    epilog=epilog(
        "pledgetrail explain karabakh.sqlite r-3f0c9a51b2de",
        "pledgetrail explain karabakh.sqlite reports/2021/first.txt",
    )
)
@named
def explain(
    ledger: LedgerPath,
    row: Annotated[
        str,
        typer.Argument(metavar="ID", help="Of a row, report, trail, actor or disagreement.", show_default=False),
    ],
) -> None:
    """Say why a row is there: the words of each cell, the rule and parse that read them, the decisions on it.

    Where several reports tell it: what they have in common. Where a day follows from other reports: from which. For a
    document: what dates it, which text it goes back to, and the other reports of its event. For a trail, an actor or a
    disagreement: what it is made of.
    """
    from pledgetrail.cli.explaining import run

    run(ledger, row)


@app.command(epilog=epilog("pledgetrail search karabakh.sqlite 'schools \"Fuzuli airport\"'"))
@named
def search(
    ledger: LedgerPath,
    query: Annotated[str, typer.Argument(metavar="QUERY", help="Words, or phrases in quotation marks.")],
    limit: Annotated[int, typer.Option(metavar="N", min=1, max=1000, help="At most so many documents.")] = 20,
) -> None:
    """Find documents that have all the words, the best first."""
    from pledgetrail.cli.searching import run

    run(ledger, query, limit)


@app.command(
    epilog=epilog(
        "pledgetrail fetch addresses.txt --into pages/",
        "pledgetrail fetch addresses.txt --into pages/ --user-agent 'Pledgetrail (aid desk, +https://example.org/robot)'",
        "grep aid-agency addresses.txt | pledgetrail fetch - --into pages/ --dry-run",
    )
)
@named
def fetch(
    lists: Annotated[
        list[Path],
        typer.Argument(
            metavar="LISTS...", help="Lists of addresses, one a line, # for comments; - for input.", show_default=False
        ),
    ],
    into: Annotated[Path, typer.Option("--into", metavar="DIR", help="The folder of WARC files; made if need be.")],
    rate: FetchRate = 2.0,
    workers: Annotated[
        int, typer.Option(metavar="N", min=1, max=64, help="Requests under way at a time, over all hosts.")
    ] = 8,
    attempts: Annotated[
        int, typer.Option(metavar="N", min=1, max=10, help="At one address, if its server is busy, broken or silent.")
    ] = 3,
    timeout: FetchTimeout = 60.0,
    max_bytes: FetchBytes = 16 * 1024 * 1024,
    max_redirects: FetchRedirects = 5,
    user_agent: FetchAgent = None,
    allow_private: FetchPrivate = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print what would be fetched, and ask nobody.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print problems only.")] = False,
) -> None:
    """Fetch web pages into WARC files, which build then reads.

    Asks no host more often than its robots.txt and --rate let it, and goes on with other hosts meanwhile. The same
    command can be run again at any time: what the folder has is not fetched again, and a run that was killed goes on
    where it was. Addresses that lead into a private network are refused.
    """
    from pledgetrail.cli.fetching import manners_of, run

    manners = manners_of(user_agent, rate, timeout, max_bytes, max_redirects, allow_private)
    run(lists, into, manners, workers, attempts, dry_run, quiet)


@app.command(
    epilog=epilog(
        "pledgetrail serve karabakh.sqlite",
        "pledgetrail serve karabakh.sqlite --reviewer 'Ada L.' --port 9000 --no-open",
        "pledgetrail serve karabakh.sqlite --team people.sqlite --public-url https://ledger.example.org",
    )
)
@named
def serve(
    ledger: LedgerPath,
    host: Annotated[
        str, typer.Option(metavar="HOST", help="Where it listens; others than loopback need --team.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(metavar="N", min=0, max=65535, help="0: any that is free.")] = 8765,
    no_open: Annotated[bool, typer.Option("--no-open", help="Do not open a browser.")] = False,
    reviewer: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Who decides; your user name if not given.", show_default=False),
    ] = None,
    team: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Its people log in; see the command people.", show_default=False),
    ] = None,
    public_url: Annotated[
        str | None,
        typer.Option(metavar="URL", help="The address that people type, like https://ledger.example.org."),
    ] = None,
    proxy_header: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Where a proxy says who asks, instead of passwords.", show_default=False),
    ] = None,
    proxy_from: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ADDRESS", help="A proxy that is believed; may be given several times.", show_default=False
        ),
    ] = None,
) -> None:
    """Show a ledger in the browser, to read and to review.

    Only this machine can reach it, unless --team names those who may log in. Builds may add to the ledger meanwhile.
    Ctrl-C ends it.
    """
    from pledgetrail.cli.serving import Access, run

    run(ledger, host, port, not no_open, Access(reviewer, team, public_url, proxy_header, tuple(proxy_from or ())))


@app.command(
    epilog=epilog(
        "pledgetrail people add people.sqlite ada --role admin",
        "pledgetrail people password people.sqlite ada < secret.txt",
        "pledgetrail people list people.sqlite",
    )
)
@named
def people(
    action: Annotated[str, typer.Argument(metavar="ACTION", help="add, remove, role, password or list.")],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file of people; add makes it.")],
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="Who; list needs none.")] = None,
    role: Annotated[
        str | None, typer.Option(metavar="ROLE", help="reader, reviewer or admin.", show_default=False)
    ] = None,
    no_password: Annotated[
        bool, typer.Option("--no-password", help="add: a proxy vouches for them; they cannot log in here.")
    ] = False,
) -> None:
    """Say who may use a ledger that is served with --team.

    Passwords are asked for, or read from the first line of the standard input. Changes count at once.
    """
    from pledgetrail.cli.people import run

    run(action, file, name, role, no_password)


@app.command(epilog=epilog("pledgetrail doctor", "pledgetrail doctor --format json"))
@named
def doctor(
    format: Annotated[str, typer.Option("--format", metavar="NAME", help="text or json.")] = "text",
) -> None:
    """Say which parts are installed and whether they work: models, tables, packages, the store.

    Ends with 0 if all works, 1 if reports can be read but with less than all parts, 5 if they cannot.
    """
    from pledgetrail.cli.doctor import run

    run(format)


@app.command(
    epilog=epilog(
        "pledgetrail watch feeds.toml -o karabakh.sqlite",
        "pledgetrail watch feeds.toml -o karabakh.sqlite --once",
    )
)
@named
def watch(
    feeds: Annotated[
        Path,
        typer.Argument(metavar="FEEDS", help="The list of feeds, TOML: [[feed]] tables with url.", show_default=False),
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="LEDGER", help="The ledger to add to; made if it is not there.")
    ],
    once: Annotated[bool, typer.Option("--once", help="Look once and end, for cron.")] = False,
    interval: Annotated[str, typer.Option(metavar="TIME", help="From one look to the next: 90s, 15m, 1h, 1d.")] = "15m",
    rate: FetchRate = 2.0,
    timeout: FetchTimeout = 60.0,
    max_bytes: FetchBytes = 16 * 1024 * 1024,
    max_redirects: FetchRedirects = 5,
    user_agent: FetchAgent = None,
    allow_private: FetchPrivate = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print changes and problems only.")] = False,
) -> None:
    """Watch feeds, add what is new to a ledger, and print what that changed in it.

    A feed that did not change is not sent again, an entry that is known not read again. A feed that fails is named,
    and the rest goes on. Ctrl-C or SIGTERM end it; what was done stays.
    """
    from pledgetrail.cli.fetching import manners_of
    from pledgetrail.cli.watching import run

    manners = manners_of(user_agent, rate, timeout, max_bytes, max_redirects, allow_private)
    run(feeds, output, manners, once, interval, quiet)


def main() -> None:
    """The entry point of the command ``pledgetrail``."""
    app()
