"""The command ``serve``."""

from __future__ import annotations

import contextlib
import getpass
import socket
import threading
import webbrowser
from dataclasses import dataclass
from pathlib import Path

import typer
import uvicorn

from pledgetrail.cli.failures import USAGE, fail
from pledgetrail.cli.terminal import clean
from pledgetrail.serving import Settings, create_app
from pledgetrail.serving.settings import is_loopback, is_public_address
from pledgetrail.serving.team import TeamError
from pledgetrail.serving.team.file import open_to_others


@dataclass(frozen=True, slots=True)
class Access:
    """The options on who may ask, as they were given."""

    reviewer: str | None
    team: Path | None
    public: str | None
    proxy_header: str | None
    proxy_from: tuple[str, ...]


def run(path: Path, host: str, port: int, browse: bool, access: Access) -> None:
    """Serve a ledger until interrupted. Prints the address when it answers."""
    _check(host, access)
    listening = _listen(host, port)
    with listening:
        port = listening.getsockname()[1]
        settings = Settings(
            reviewer=_name(access.reviewer) if access.team is None else "",
            host=host,
            port=port,
            team=access.team,
            public=access.public,
            proxy_header=access.proxy_header,
            proxy_from=access.proxy_from,
        )
        try:
            app = create_app(path, settings)
        except TeamError as error:
            fail(str(error), USAGE)
        if not app.state.site.writable:
            print(f"{clean(str(path))} cannot be written now: it is shown, and nothing can be decided", flush=True)
        shown = f"[{host}]" if ":" in host else host
        address = f"http://{shown}:{port}/"
        listens = f"{shown}:{port}"
        if access.public:
            address = access.public.rstrip("/") + "/"
        _warn(host, settings)
        who = f"reviewer: {settings.reviewer}" if access.team is None else f"team: {access.team}"
        print(f"{clean(path.name)} is at {address} ({clean(who)}; Ctrl-C ends it)", flush=True)
        if access.public:
            print(f"it listens at {listens}", flush=True)
        if browse:
            threading.Timer(0.5, webbrowser.open, [address]).start()
        # proxy_headers would let whoever asks from this machine say that they ask from another
        config = uvicorn.Config(
            app,
            log_level="warning",
            server_header=False,
            proxy_headers=False,
            lifespan="on",
            timeout_graceful_shutdown=3,
        )
        with contextlib.suppress(KeyboardInterrupt):  # the way to end it
            uvicorn.Server(config).run([listening])


def _check(host: str, access: Access) -> None:
    """Raises BadParameter for options that would let in whom nobody knows."""
    if access.team is None:
        if not is_loopback(host):
            raise typer.BadParameter(
                f"{host!r} can be reached from other machines, and nobody has to log in; use 127.0.0.1, or --team",
                param_hint="--host",
            )
        for option, given in (
            ("--public-url", access.public),
            ("--proxy-header", access.proxy_header),
            ("--proxy-from", access.proxy_from),
        ):
            if given:
                raise typer.BadParameter("is of use with --team only", param_hint=option)
    elif access.reviewer is not None:
        raise typer.BadParameter("with --team everybody decides under their own name", param_hint="--reviewer")
    if access.public is not None and not is_public_address(access.public):
        raise typer.BadParameter("is an address like https://ledger.example.org", param_hint="--public-url")
    if host.strip("[]") in ("0.0.0.0", "::") and access.public is None:
        raise typer.BadParameter("with this host, say what address people type", param_hint="--public-url")


def _warn(host: str, settings: Settings) -> None:
    """Say what is less safe than it might be."""
    if settings.team is None:
        return
    if not settings.secure and not is_loopback(host):
        print("passwords and sessions travel unencrypted: put a proxy with https before it (--public-url)", flush=True)
    if open_to_others(settings.team):
        print(f"{clean(str(settings.team))} is open to other users of this machine: chmod 600 closes it", flush=True)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # where the protocol is not named, asyncio leaves TCP_NODELAY off, and answers wait 40 ms for an acknowledgement
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host.strip("[]"), port))
        listening.listen(128)
    except OSError as error:
        listening.close()
        fail(f"port {port} of {host} cannot be used ({error.strerror}); name another with --port, or 0 for any", USAGE)
    return listening


def _name(reviewer: str | None) -> str:
    """The reviewer's name as given, else that of the user."""
    if reviewer is not None:
        name = " ".join(reviewer.split())
        if not name:
            raise typer.BadParameter("a reviewer needs a name", param_hint="--reviewer")
        return name
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        raise typer.BadParameter("your user name is not known; say who decides", param_hint="--reviewer") from None
