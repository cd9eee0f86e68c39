"""One request and its answer over a connection of its own, to an IP address that was looked at before it is used."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import functools
import ipaddress
import socket
import ssl
import threading
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Literal

import httpcore

from pledgetrail.sources.fetching.addresses import Address
from pledgetrail.sources.fetching.guard import AddressPolicy, IPAddress
from pledgetrail.sources.fetching.manners import Manners

FailureKind = Literal["private-address", "unreachable", "timeout", "too-large", "broken-answer"]

#: Bytes that are unpacked at a time to measure a packed body.
_STEP: Final = 1 << 16


class Failure(Exception):
    """An exchange that gave no answer to keep. The message says why, without naming the address."""

    def __init__(self, kind: FailureKind, message: str) -> None:
        super().__init__(message)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered. ``body`` has the transfer coding undone, the content coding not."""

    address: Address
    peer: str  # the IP address that was connected to
    began: dt.datetime
    request: bytes  # head of the request, as sent
    status: int
    reason: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """The first header of a name, or None."""
        wanted = name.lower().encode("ascii")
        return next((v.decode("latin-1").strip() for k, v in self.headers if k.lower() == wanted), None)

    def content(self, limit: int) -> bytes:
        """The body with its content coding undone, cut at ``limit`` bytes. Raises Failure for a broken one."""
        return unpack(self.body, self.header("content-encoding"), limit)


async def ask(address: Address, manners: Manners, headers: Iterable[tuple[str, str]] = ()) -> Answer:
    """Ask for an address once: no redirect is followed, no cookie kept or sent, the server's certificate is checked.

    The host is resolved once, each of its IP addresses is judged by the policy, and the connection goes to one that
    passed; the name stays in the Host header and in TLS. Raises Failure. The caller sets the time limit.
    """
    sent = [
        (b"Host", address.authority.encode("ascii")),
        (b"User-Agent", manners.user_agent.encode("latin-1", "replace")),
        (b"Accept", b"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
        (b"Accept-Encoding", b"gzip"),  # what we can measure without unpacking it whole
        *((name.encode("ascii"), value.encode("latin-1", "replace")) for name, value in headers),
        (b"Connection", b"close"),
    ]
    began = dt.datetime.now(dt.UTC)
    door = _Door(manners.policy, manners.connect_timeout)
    origin = httpcore.Origin(address.scheme.encode(), address.host.encode(), address.port)
    url = httpcore.URL(
        scheme=address.scheme, host=address.host, port=address.port, target=address.target.encode("ascii")
    )
    request = httpcore.Request("GET", url, headers=sent)
    secure = _trusted() if address.scheme == "https" else None
    try:
        async with httpcore.AsyncHTTPConnection(origin, ssl_context=secure, network_backend=door) as connection:
            response = await connection.handle_async_request(request)
            try:
                body = await _body(response, manners.max_bytes)
            finally:
                await response.aclose()
    except httpcore.TimeoutException:
        raise Failure("timeout", "did not answer in time") from None
    except httpcore.ProtocolError as error:
        raise Failure("broken-answer", f"answered what is not HTTP ({error})") from None
    except (httpcore.NetworkError, OSError) as error:
        raise Failure("unreachable", f"cannot be reached ({str(error) or type(error).__name__})") from None
    if response.status < 200:
        raise Failure("broken-answer", f"answered with status {response.status}, which was not asked for")
    head = b"".join((b"GET ", url.target, b" HTTP/1.1\r\n", *(b"%s: %s\r\n" % pair for pair in sent), b"\r\n"))
    reason = response.extensions.get("reason_phrase", b"")
    return Answer(address, door.peer, began, head, response.status, reason, tuple(response.headers), body)


async def _body(response: httpcore.Response, limit: int) -> bytes:
    """The body, or a Failure as soon as it is known to be above the limit, as sent or unpacked."""
    headers = {name.lower(): value for name, value in response.headers}
    length = headers.get(b"content-length", b"")
    if length.isdigit() and int(length) > limit:
        raise Failure("too-large", f"is larger than {limit:,} bytes")
    gauge = _Gauge(headers.get(b"content-encoding", b"").decode("latin-1"), limit)
    parts: list[bytes] = []
    size = 0
    async for part in response.aiter_stream():
        size += len(part)
        if size > limit:
            raise Failure("too-large", f"is larger than {limit:,} bytes")
        gauge.take(part)
        parts.append(part)
    return b"".join(parts)


class _Gauge:
    """Measures what a packed body unpacks to, without keeping it."""

    def __init__(self, coding: str, limit: int) -> None:
        self._unpacker = _unpacker(coding)
        self._left = self._limit = limit

    def take(self, part: bytes) -> None:
        if self._unpacker is None:
            return
        for piece in _pieces(self._unpacker, part):
            self._left -= len(piece)
            if self._left < 0:
                raise Failure("too-large", f"unpacks to more than {self._limit:,} bytes")


def unpack(body: bytes, coding: str | None, limit: int) -> bytes:
    """A body with its content coding undone, cut at ``limit`` bytes. Raises Failure for a broken or unknown coding."""
    unpacker = _unpacker(coding or "")
    if unpacker is None:
        return body[:limit]
    parts: list[bytes] = []
    left = limit
    for piece in _pieces(unpacker, body):
        parts.append(piece[:left])
        left -= len(parts[-1])
        if left <= 0:
            break
    return b"".join(parts)


def _unpacker(coding: str) -> Any:
    """What undoes a content coding; None where there is none."""
    name = coding.strip().lower()
    if name in ("", "identity"):
        return None
    if name in ("gzip", "x-gzip", "deflate"):
        return zlib.decompressobj(47 if name != "deflate" else 15)
    raise Failure("broken-answer", f"is packed in a way that was not asked for ({name[:40]})")


def _pieces(unpacker: Any, part: bytes) -> Iterable[bytes]:
    try:
        while part and not unpacker.eof:
            yield unpacker.decompress(part, _STEP)
            part = unpacker.unconsumed_tail
    except zlib.error as error:
        raise Failure("broken-answer", f"is packed, and cannot be unpacked ({error})") from None


class _Door(httpcore.AsyncNetworkBackend):
    """Opens connections, after a look at the IP address. What httpcore calls the host stays the name for TLS."""

    def __init__(self, policy: AddressPolicy, timeout: float) -> None:
        self._policy = policy
        self._timeout = timeout
        self._backend = httpcore.AnyIOBackend()
        self.peer = ""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        found = await resolve(host, port)
        refusals = {address: self._policy.refusal(address) for address in found}
        allowed = [address for address in found if refusals[address] is None]
        if not allowed:
            raise Failure("private-address", f"is refused: {refusals[found[0]]}")
        failure: Exception | None = None
        for address in allowed:
            try:
                stream = await self._backend.connect_tcp(str(address), port, self._timeout)
            except (httpcore.NetworkError, httpcore.TimeoutException) as error:
                failure = error
                continue
            self.peer = str(address)
            return stream
        assert failure is not None
        raise failure

    async def sleep(self, seconds: float) -> None:
        await self._backend.sleep(seconds)


async def resolve(host: str, port: int) -> list[IPAddress]:
    """The IP addresses of a host, in the order the system gives them. Raises Failure.

    The system cannot be told to stop looking, so a thread of its own waits for it, and nobody for the thread.
    """
    loop = asyncio.get_running_loop()
    found: asyncio.Future[list[IPAddress]] = loop.create_future()

    def settle(result: list[IPAddress] | OSError) -> None:
        if found.done():
            return
        if isinstance(result, OSError):
            found.set_exception(Failure("unreachable", f"has a host that is not known ({result.strerror or result})"))
        else:
            found.set_result(result)

    def look() -> None:
        result: list[IPAddress] | OSError
        try:
            infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            result = list(dict.fromkeys(ipaddress.ip_address(str(info[4][0])) for info in infos))
        except OSError as error:
            result = error
        except ValueError:  # a label that no name can have
            result = OSError("not a name")
        with contextlib.suppress(RuntimeError):  # the loop is gone: nobody waits any more
            loop.call_soon_threadsafe(settle, result if result else OSError("no address"))

    threading.Thread(target=look, daemon=True, name="resolve").start()
    return await found


@functools.cache
def _trusted() -> ssl.SSLContext:
    """The authorities that certificates are checked against."""
    import httpx

    return httpx.create_ssl_context()
