"""A service on this machine that plays a language model: it answers from a script and keeps what it was asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

EMPTY: dict[str, list[Any]] = {"commitments": [], "encounters": [], "figures": []}


@dataclass(frozen=True)
class Played:
    """One response: a status with a body, which is a chat completion unless it is given as bytes."""

    content: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    finish: str = "stop"
    silent: bool = False  # nothing comes until the test is over


def completion(content: Any, finish: str = "stop") -> bytes:
    text = content if isinstance(content, str) or content is None else json.dumps(content)
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": finish}
    usage = {"prompt_tokens": 100, "completion_tokens": 20}
    return json.dumps({"id": "c", "object": "chat.completion", "choices": [choice], "usage": usage}).encode()


class Service:
    """``answer`` is asked for each request that ``script`` has nothing for; what came is in ``bodies``."""

    def __init__(self) -> None:
        self.script: list[Played] = []
        self.answer: Callable[[dict[str, Any]], Played] = lambda body: Played(EMPTY)
        self.bodies: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.over = threading.Event()
        self._lock = threading.Lock()
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                played = service._next(body, self.headers.get("Authorization"))
                if played.silent:
                    service.over.wait(30)
                    self.close_connection = True
                    return
                data = played.body if played.body is not None else completion(played.content, played.finish)
                try:
                    self.send_response(played.status)
                    for name, value in played.headers.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(data)))
                    self.end_headers()
                    self.wfile.write(data)
                except OSError:
                    self.close_connection = True  # the client has had enough

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def _next(self, body: dict[str, Any], key: str | None) -> Played:
        with self._lock:
            self.bodies.append(body)
            self.keys.append(key)
            if self.script:
                return self.script.pop(0)
        return self.answer(body)

    def texts(self) -> list[str]:
        """The texts of the reports that came, in order."""
        return [json.loads(body["messages"][1]["content"])["text"] for body in self.bodies]

    def close(self) -> None:
        self.over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def service() -> Iterator[Service]:
    playing = Service()
    yield playing
    playing.close()


@pytest.fixture
def played() -> type[Played]:
    return Played


class Waits:
    """A clock that only waiting moves."""

    def __init__(self) -> None:
        self.at = 0.0
        self.slept: list[float] = []
        self._lock = threading.Lock()

    def clock(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.slept.append(seconds)
            self.at += seconds


@pytest.fixture
def waits() -> Waits:
    return Waits()
