"""Asking a service that speaks chat completions: one question, one checked answer, with patience and bounds."""

from __future__ import annotations

import email.utils
import json
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final

from pledgetrail import __version__
from pledgetrail.readers.dialect import Dialect
from pledgetrail.readers.endpoint import Endpoint, Key
from pledgetrail.readers.errors import NoAnswer, ReaderError
from pledgetrail.readers.pace import Pace, backoff
from pledgetrail.readers.questions import Question
from pledgetrail.readers.replies import BrokenReply, Checked, check

if TYPE_CHECKING:
    import httpx

#: How often one question is put when the service is busy, fails or is silent.
ATTEMPTS: Final = 5
#: How often a question is put whose answer is no JSON of our schema.
BROKEN_ATTEMPTS: Final = 3
#: Questions in a row on which the service failed until the last attempt, before it is given up.
GIVEN_UP: Final = 5
#: Tokens that an answer may have unless the user says otherwise.
MAX_TOKENS: Final = 8192
#: Bytes of a response that are read.
MOST_BYTES: Final = 4 * 1024 * 1024
_PASSING: Final = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 520, 522, 524, 529})
_ADAPTABLE: Final = frozenset({400, 415, 422, 501})
_CONNECT: Final = 10.0


@dataclass(slots=True)
class Spent:
    """What the service has been asked and has counted, over all questions."""

    requests: int = 0
    repeated: int = 0
    tokens_in: int = 0
    tokens_out: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that fits: as it came, and checked."""

    text: str
    checked: Checked


class _Passing(Exception):
    """A failure that may pass; ``wait`` is how long the service asked to wait."""

    def __init__(self, why: str, wait: float | None = None, unreachable: bool = False) -> None:
        super().__init__(why)
        self.wait = wait
        self.unreachable = unreachable


class _Refused(Exception):
    """The request is not understood or not wanted; the text is the service's own, shortened."""


class Client:
    """A service with its model. Threads may share one. Close it, or use it in a ``with``."""

    def __init__(
        self,
        endpoint: Endpoint,
        model: str,
        *,
        key: Key | None = None,
        max_tokens: int = MAX_TOKENS,
        timeout: float = 120.0,
        pace: Pace | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        import httpx

        self.endpoint = endpoint
        self.model = model
        self.spent = Spent()
        self._key = key
        self._max_tokens = max_tokens
        self._timeout = timeout
        self._pace = pace or Pace(None)
        self._chance = chance
        self._lock = threading.Lock()
        self._dialect = Dialect()
        self._failed_in_row = 0
        self._ended: ReaderError | None = None
        headers = {"User-Agent": f"pledgetrail/{__version__}", "Accept-Encoding": "identity"}
        if key is not None:
            headers["Authorization"] = f"Bearer {key.value}"
        self._http = httpx.Client(
            headers=headers,
            timeout=httpx.Timeout(timeout, connect=min(timeout, _CONNECT)),
            follow_redirects=False,  # neither texts nor key go where the user did not say
            trust_env=not endpoint.loopback,  # what goes to this machine goes through no proxy
        )

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def ask(self, question: Question) -> Answer:
        """The answer to a question. Raises NoAnswer if there is none for this one, ReaderError if for none."""
        try:
            answer = self._ask(question)
        except ReaderError as error:
            self.stop(error)  # the other threads need not find out by themselves
            raise
        with self._lock:
            self._failed_in_row = 0
        return answer

    def stop(self, why: ReaderError | None = None) -> None:
        """Ask nothing more: whoever waits or asks gets ``why``."""
        with self._lock:
            self._ended = self._ended or why or ReaderError("stopped")
        self._pace.stop()

    def _go_on(self) -> None:
        if self._ended is not None:
            raise self._ended

    def _ask(self, question: Question) -> Answer:
        with self._lock:
            dialect = self._dialect
        attempt = broken = 0
        while True:
            try:
                answer = self._once(question, dialect)
            except _Refused as refused:
                weaker = dialect.weaker(str(refused))
                if weaker is None:
                    raise NoAnswer(f"{self.endpoint.host} refused the question: {refused}") from None
                dialect = weaker
                continue
            except BrokenReply as error:
                broken += 1
                if broken >= BROKEN_ATTEMPTS:
                    raise NoAnswer(f"the answer {error}, {broken} times") from None
                self._repeat()
            except _Passing as error:
                attempt += 1
                if attempt >= ATTEMPTS:
                    self._give_up(error)
                self._repeat()
                self._wait(error, attempt)
            else:
                with self._lock:
                    self._dialect = dialect  # what was understood once will be understood again
                return answer

    def _give_up(self, error: _Passing) -> None:
        message = f"{self.endpoint.host}: {error}, {ATTEMPTS} times"
        with self._lock:
            self._failed_in_row += 1
            over = self._failed_in_row >= GIVEN_UP
        if error.unreachable or over:
            raise ReaderError(message) from None
        raise NoAnswer(message) from None

    def _repeat(self) -> None:
        with self._lock:
            self.spent.repeated += 1

    def _wait(self, error: _Passing, attempt: int) -> None:
        if error.wait is not None:
            self._pace.hold(error.wait)
        else:
            self._pace.pause(backoff(attempt, self._chance()))

    def _once(self, question: Question, dialect: Dialect) -> Answer:
        import httpx

        body = dialect.request(self.model, question, self._max_tokens)
        self._pace.turn()
        self._go_on()
        with self._lock:
            self.spent.requests += 1
        try:
            with self._http.stream("POST", self.endpoint.url, json=body) as response:
                data = self._read(response)
        except httpx.TimeoutException:
            raise _Passing(f"no answer within {self._timeout:g} seconds") from None
        except httpx.ConnectError:
            raise _Passing("could not be reached", unreachable=True) from None
        except httpx.HTTPError as error:
            raise _Passing(f"the connection failed ({type(error).__name__})") from None
        self._judge(response, data)
        return self._answer(data)

    def _read(self, response: httpx.Response) -> bytes:
        """The body of a response, if it is of a sane length and comes in time."""
        until = self._pace.now() + self._timeout
        data = bytearray()
        for chunk in response.iter_raw():
            data += chunk
            if len(data) > MOST_BYTES:
                raise BrokenReply("is too long")
            if self._pace.now() > until:
                raise _Passing(f"no answer within {self._timeout:g} seconds")
        return bytes(data)

    def _judge(self, response: httpx.Response, data: bytes) -> None:
        """Raise what a status means, unless it is success."""
        status, host = response.status_code, self.endpoint.host
        if status == 200:
            return
        if status in (401, 402, 403, 407):
            raise ReaderError(f"{host} did not accept the key or account (status {status}); see --api-key-env")
        if status == 404:
            raise ReaderError(f"{host} knows no such address or model (status 404: {self._complaint(data)})")
        if 300 <= status < 400:
            raise ReaderError(f"{host} points to another address (status {status}), which is not followed")
        if status in _ADAPTABLE:
            raise _Refused(f"status {status}: {self._complaint(data)}")
        if status in _PASSING or status >= 500:
            raise _Passing(f"status {status}", _seconds(response.headers.get("retry-after")))
        raise NoAnswer(f"{host} refused the question: status {status}: {self._complaint(data)}")

    def _complaint(self, data: bytes) -> str:
        """A service's own words for what is wrong, shortened, on one line, and without the key."""
        words: object = data[:4000].decode("utf-8", "replace")
        try:
            decoded = json.loads(data[:65536])
            error = decoded.get("error", decoded) if isinstance(decoded, dict) else None
            words = error.get("message", words) if isinstance(error, dict) else error or words
        except (ValueError, RecursionError):
            pass
        said = " ".join(str(words).split())
        return (self._key.hide(said) if self._key else said)[:300]

    def _answer(self, data: bytes) -> Answer:
        """The answer in a response. Raises BrokenReply, or NoAnswer where asking again would not help."""
        try:
            whole: Any = json.loads(data)
            choice = whole["choices"][0]
            text, finish = choice["message"]["content"], choice.get("finish_reason")
        except (ValueError, RecursionError, LookupError, TypeError, AttributeError):
            raise BrokenReply("is no chat completion") from None
        self._count(whole.get("usage"))
        if finish == "length":
            raise NoAnswer(f"the answer was cut off at {self._max_tokens:,} tokens; allow more by --max-tokens")
        if not isinstance(text, str):
            raise NoAnswer("the service declined to answer")
        return Answer(text, check(text))

    def _count(self, usage: object) -> None:
        if not isinstance(usage, dict):
            return
        numbers = [usage.get(name) for name in ("prompt_tokens", "completion_tokens")]
        sane = [n if isinstance(n, int) and not isinstance(n, bool) and 0 <= n < 10**9 else 0 for n in numbers]
        with self._lock:
            self.spent.tokens_in += sane[0]
            self.spent.tokens_out += sane[1]


def _seconds(value: str | None) -> float | None:
    """The seconds of a Retry-After header, which is a number or a date (RFC 9110, 10.2.3)."""
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            when = email.utils.parsedate_to_datetime(value)
        except (ValueError, TypeError):
            return None
        if when.tzinfo is None:
            when = when.replace(tzinfo=UTC)
        seconds = (when - datetime.now(UTC)).total_seconds()
    return max(0.0, seconds) if seconds == seconds and seconds != float("inf") else None
