"""The commands on what all rows say together: trails, funnel, disagreements, origins, actors, wording."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pledgetrail.cli.app import LedgerPath, app, epilog
from pledgetrail.cli.failures import named

Format = Annotated[
    str, typer.Option("--format", metavar="NAME", help="text; json, a list of objects; or csv, for spreadsheets.")
]
AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="DATE",
        help="As it stood on this day; else on that of the newest report.",
        show_default=False,
    ),
]
Limit = Annotated[
    int | None, typer.Option("--limit", metavar="N", min=0, help="At most so many; 0 for all.", show_default=False)
]


@app.command(
    epilog=epilog(
        "pledgetrail trails karabakh.sqlite",
        "pledgetrail trails karabakh.sqlite --by Pakistan --silent-for 365 --evidence",
        "pledgetrail trails karabakh.sqlite --state promised --as-of 2023-01-01 --format csv > silent.csv",
    )
)
@named
def trails(
    ledger: LedgerPath,
    by: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Who gives: a name, alias or country code.", show_default=False),
    ] = None,
    to: Annotated[
        str | None, typer.Option(metavar="NAME", help="Who takes, or passes on: likewise.", show_default=False)
    ] = None,
    place: Annotated[str | None, typer.Option(metavar="NAME", help="About this place.", show_default=False)] = None,
    state: Annotated[
        str | None,
        typer.Option(metavar="STATE", help="How far it has come, like promised or completed.", show_default=False),
    ] = None,
    silent_for: Annotated[
        int | None,
        typer.Option(
            metavar="DAYS", min=0, help="Not ended, and not heard of for so many days or more.", show_default=False
        ),
    ] = None,
    as_of: AsOf = None,
    every: Annotated[bool, typer.Option("--all", help="Also single rows in which nothing is promised.")] = False,
    evidence: Annotated[bool, typer.Option("--evidence", help="Print the sentences of each row.")] = False,
    limit: Limit = None,
    format: Format = "text",
) -> None:
    """Print trails: the rows of one undertaking in order of time, how far it has come, how long it has been silent.

    What has been silent longest comes first; what was completed, refused or cancelled comes last.
    """
    from pledgetrail.cli.trails import Request, run

    run(ledger, Request(by, to, place, state, silent_for, as_of, every, evidence, limit, format))


@app.command(
    epilog=epilog(
        "pledgetrail funnel karabakh.sqlite --per by",
        "pledgetrail funnel karabakh.sqlite --per sector --into EUR --format csv > funnel.csv",
    )
)
@named
def funnel(
    ledger: LedgerPath,
    per: Annotated[
        str, typer.Option("--per", metavar="WHAT", help="A line for each giver (by), taker (to), place or sector.")
    ] = "by",
    into: Annotated[
        str, typer.Option("--into", metavar="CURRENCY", help="Also in this currency, at the rates of the day.")
    ] = "USD",
    silent_after: Annotated[
        int, typer.Option("--silent-after", metavar="DAYS", min=0, help="Promises not heard of for so long are silent.")
    ] = 365,
    as_of: AsOf = None,
    limit: Limit = None,
    format: Format = "text",
) -> None:
    """Count what was asked, offered, promised, agreed, disbursed, delivered and withdrawn, and what fell silent.

    Sums are never added across these, nor totals to their parts; conditional, planned and denied rows stand apart.
    """
    from pledgetrail.cli.funnel import run

    run(ledger, per, into, silent_after, as_of, limit, format)


@app.command(
    epilog=epilog(
        "pledgetrail disagreements karabakh.sqlite",
        "pledgetrail disagreements karabakh.sqlite --all --format json",
    )
)
@named
def disagreements(
    ledger: LedgerPath,
    every: Annotated[
        bool, typer.Option("--all", help="Also counts that followed one another, and those that only sound different.")
    ] = False,
    format: Format = "text",
) -> None:
    """Print claims about one thing that cannot all be true, side by side: who says what, where and when."""
    from pledgetrail.cli.disagreements import run

    run(ledger, every, format)


@app.command(
    epilog=epilog(
        "pledgetrail origins karabakh.sqlite",
        "pledgetrail origins karabakh.sqlite --document reports/second.txt",
    )
)
@named
def origins(
    ledger: LedgerPath,
    document: Annotated[
        str | None,
        typer.Option(metavar="ID", help="The sentences that this document shares with others.", show_default=False),
    ] = None,
    format: Format = "text",
) -> None:
    """Print which reports carry the same text. They count as one origin."""
    from pledgetrail.cli.origins import run

    run(ledger, document, format)


@app.command(
    epilog=epilog(
        "pledgetrail actors karabakh.sqlite --name Cavusoglu",
        "pledgetrail actors karabakh.sqlite --export actors.csv",
        "pledgetrail actors karabakh.sqlite --actors actors.csv",
    )
)
@named
def actors(
    ledger: LedgerPath,
    name: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only with these words in a name or alias.", show_default=False)
    ] = None,
    listed: Annotated[
        Path | None,
        typer.Option(
            "--actors", metavar="FILE", help="As your list would make them; the ledger stays.", show_default=False
        ),
    ] = None,
    export: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write them as a list to edit.", show_default=False)
    ] = None,
    format: Format = "text",
) -> None:
    """Print who is who: names, offices with their time, identifiers, and why names were taken together.

    A list that --export wrote can be edited and given to build --actors.
    """
    from pledgetrail.cli.actors import run

    run(ledger, name, listed, export, format)


@app.command(
    epilog=epilog(
        "pledgetrail wording karabakh.sqlite",
        "pledgetrail wording karabakh.sqlite --topic Karabakh --evidence",
        "pledgetrail wording karabakh.sqlite --lexicon ours.toml --format csv > wording.csv",
    )
)
@named
def wording(
    ledger: LedgerPath,
    lexicon: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A lexicon of your own, TOML.", show_default=False)
    ] = None,
    topic: Annotated[
        str | None,
        typer.Option(metavar="WORDS", help="Only topics with these words in their name.", show_default=False),
    ] = None,
    evidence: Annotated[
        bool, typer.Option("--evidence", help="Print sentences, some for each source and term.")
    ] = False,
    format: Format = "text",
) -> None:
    """Print how each source names what is contested, as tables of sources by terms. No side is taken."""
    from pledgetrail.cli.wording import run

    run(ledger, lexicon, topic, evidence, format)
