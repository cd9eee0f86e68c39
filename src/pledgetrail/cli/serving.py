"""The command ``serve``."""

from __future__ import annotations

import contextlib
import getpass
import socket
import threading
import webbrowser
from pathlib import Path

import typer
import uvicorn

from pledgetrail.cli.failures import USAGE, fail
from pledgetrail.cli.terminal import clean
from pledgetrail.serving import Settings, create_app
from pledgetrail.serving.settings import is_loopback


def run(path: Path, host: str, port: int, browse: bool, reviewer: str | None) -> None:
    """Serve a ledger until interrupted. Prints the address when it answers."""
    if not is_loopback(host):
        raise typer.BadParameter(
            f"{host!r} can be reached from other machines, and nobody has to log in; use 127.0.0.1", param_hint="--host"
        )
    listening = _listen(host, port)
    with listening:
        port = listening.getsockname()[1]
        settings = Settings(reviewer=_name(reviewer), host=host, port=port)
        app = create_app(path, settings)
        if not app.state.site.writable:
            print(f"{clean(str(path))} cannot be written now: it is shown, and nothing can be decided", flush=True)
        shown = f"[{host}]" if ":" in host else host
        address = f"http://{shown}:{port}/"
        print(f"{clean(path.name)} is at {address} (reviewer: {clean(settings.reviewer)}; Ctrl-C ends it)", flush=True)
        if browse:
            threading.Timer(0.5, webbrowser.open, [address]).start()
        config = uvicorn.Config(
            app, log_level="warning", server_header=False, lifespan="on", timeout_graceful_shutdown=3
        )
        with contextlib.suppress(KeyboardInterrupt):  # the way to end it
            uvicorn.Server(config).run([listening])


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
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
