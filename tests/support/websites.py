"""Servers on loopback that tests start, as well or badly behaved as they need them."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Headers = dict[str, str]


@dataclass(frozen=True)
class Reply:
    """An answer as it is to be sent. ``length`` is what the header says, if that is to be a lie."""

    body: bytes = b""
    status: int = 200
    headers: Headers = field(default_factory=dict)
    length: int | None = None


#: What a path gives: a reply, or a function that gets the handler and does as it likes.
Route = Reply | Callable[[BaseHTTPRequestHandler], "Reply | None"]


@dataclass
class Site:
    """A running server: what it gives, and what it was asked."""

    host: str
    port: int
    routes: dict[str, Route]
    asked: list[tuple[str, Headers]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)

    def url(self, path: str = "/") -> str:
        return f"http://{self.host}:{self.port}{path}"

    @property
    def paths(self) -> list[str]:
        """What was asked for, robots.txt apart."""
        return [path for path, _ in self.asked if path != "/robots.txt"]


@contextlib.contextmanager
def website(routes: dict[str, Route] | None = None, host: str = "127.0.0.1") -> Iterator[Site]:
    """A server for the time of the block. A path that has no route is not there."""
    given = routes if routes is not None else {}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            site.times.append(time.monotonic())
            site.asked.append((self.path, dict(self.headers.items())))
            route = given.get(self.path, Reply(b"not here", 404))
            reply = route if isinstance(route, Reply) else route(self)
            self.close_connection = True
            if reply is None:
                return
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if reply.status != 304:
                self.send_header("Content-Length", str(len(reply.body) if reply.length is None else reply.length))
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, request: object, client_address: object) -> None:
            pass  # clients that hang up are what these tests are about

    with Server((host, 0), Handler) as server:
        site = Site(host, server.server_address[1], given)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()


@contextlib.contextmanager
def mute(host: str = "127.0.0.1") -> Iterator[Site]:
    """A server that takes connections and never says anything."""
    with socket.create_server((host, 0), backlog=64) as listening:
        yield Site(host, listening.getsockname()[1], {})


def page(title: str, text: str) -> Reply:
    """A page with a text long enough to be taken for an article."""
    html = f"<!DOCTYPE html><html><head><title>{title}</title></head><body><article><h1>{title}</h1><p>{text}</p>"
    return Reply(f"{html}</article></body></html>".encode(), headers={"Content-Type": "text/html; charset=utf-8"})
