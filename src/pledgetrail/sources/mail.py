"""Mail: a newsletter as one message (EML), or many in one file (mbox)."""

from __future__ import annotations

import email.policy
import email.utils
import hashlib
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage, Message
from email.parser import BytesFeedParser
from typing import Any, BinaryIO, Final

from pledgetrail.records import Problem, RawReport
from pledgetrail.sources.decoding import NotText, decode
from pledgetrail.sources.inputs import Input, Settings
from pledgetrail.sources.limits import Limits
from pledgetrail.sources.pages import report_from_page

_CHUNK: Final = 1 << 16
_PARTS: Final = 500  # of one message that are looked at
_DEPTH: Final = 20  # multiparts within multiparts
_STUB: Final = 400  # code points up to which a plain part may only say "view this in your browser"
_SPACE: Final = re.compile(r"\s+")
_BROKEN: Final = re.compile("[\x00\ud800-\udfff]")
_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_SEPARATOR: Final = b"From "
_QUOTED: Final = re.compile(rb"^>(>*From )", re.MULTILINE)
_VIA: Final = re.compile(r"(.{2,60}?)\s+(?:via|from|at|\|)\s+(.{2,80})", re.IGNORECASE)


def read(item: Input, settings: Settings) -> Iterator[RawReport | Problem]:
    """The one report that a message is, or the problem with it. Raises OSError."""
    with item.open() as stream:
        data = stream.read(settings.limits.record_bytes + 1)
    yield report_of_message(data, source=item.source, id=item.id, limits=settings.limits)


def read_box(item: Input, settings: Settings) -> Iterator[RawReport | Problem]:
    """The messages of an mbox file in order, one in memory at a time; a bad one is a Problem named ``source#number``.

    A line that starts with ``From `` after a blank one opens a message (RFC 4155). Raises OSError.
    """
    number = 0
    with item.open() as stream:
        for number, data in enumerate(_messages(stream, settings.limits.record_bytes), start=1):
            place = f"{item.source}#{number}"
            found = report_of_message(data, source=place, id=f"{item.id}#{number}", limits=settings.limits)
            yield found if isinstance(found, Problem) else replace(found, source=item.source)
    if not number:
        yield Problem(item.source, "empty", f"{item.source}: no message in it")


def report_of_message(data: bytes, *, source: str, id: str, limits: Limits) -> RawReport | Problem:
    """The report of one message; its Message-ID is its id. Never raises for what it holds.

    The plain text is taken, unless it is empty or a stub beside a page: then the page. Attachments are not opened.
    """
    if len(data) > limits.record_bytes:
        return Problem(source, "too-long", f"{source}: the message is longer than {limits.record_bytes:,} bytes")
    if not data.strip():
        return Problem(source, "empty", f"{source}: the message is empty")
    try:
        message = _parsed(data, limits)
        plain, pages, attached, nested = _bodies(message)
        head = _Head(message)
    except TimeoutError:
        return Problem(source, "too-slow", f"{source}: the message took longer than {limits.seconds} s to take apart")
    except RecursionError:
        return Problem(source, "nested", f"{source}: the message has parts within parts beyond all measure")
    except Exception as error:  # on hostile headers the library has raised nearly everything there is
        return Problem(source, "invalid-mail", f"{source}: no valid message ({type(error).__name__})")
    if not head.any:
        return Problem(source, "invalid-mail", f"{source}: no message: it has none of the headers of one")
    if not plain and not pages:
        why = (
            "nested too deep" if nested else f"{attached} attachments, which are not opened" if attached else "no body"
        )
        return Problem(source, "no-text", f"{source}: the message has no text ({why})")
    own = head.id or id
    digest = hashlib.sha256(data).hexdigest()
    report: RawReport | Problem = RawReport(id=own, source=source, text=plain, content_sha256=digest)
    if pages and len(plain) < _STUB:
        payload, charset = pages[0]
        page = report_from_page(payload, source=source, id=own, limits=limits, charset=charset)
        if isinstance(page, RawReport) and len(page.text) > 2 * len(plain):
            report = replace(page, content_sha256=digest)
        elif not plain:
            report = page
    if isinstance(report, Problem):
        return report
    return replace(
        report,
        title=head.subject or report.title,
        outlet=head.outlet or report.outlet,
        author=head.author,
        published=head.date or report.published,
        language=head.language or report.language,
    )


class _Head:
    """What the headers of a message say."""

    def __init__(self, message: Message[Any, Any]) -> None:
        """Reads the headers; what the library raises for them passes."""
        self.subject = _header(message, "Subject")
        given = _header(message, "From") or ""
        name, address = email.utils.parseaddr(given)
        self.author: str | None = None
        self.outlet = name.strip() or address.rpartition("@")[2] or None
        if name and (via := _VIA.fullmatch(name.strip())):
            self.author, self.outlet = via.group(1), via.group(2)
        self.date = _date(_header(message, "Date"))
        language = (_header(message, "Content-Language") or "").partition(",")[0].strip()
        self.language = language if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]+)*", language) else None
        own = (_header(message, "Message-ID") or "").strip("<> ")
        self.id = own if own and len(own) <= 500 and not _CONTROL.search(own) else None
        self.any = bool(self.subject or given or self.date or self.id)


def _header(message: Message[Any, Any], name: str) -> str | None:
    value = message.get(name)
    words = _SPACE.sub(" ", _BROKEN.sub("\ufffd", str(value))).strip() if value is not None else ""
    return words or None


def _date(given: str | None) -> str | None:
    if given is None:
        return None
    try:
        return email.utils.parsedate_to_datetime(given).isoformat()
    except (ValueError, OverflowError):
        return given


def _parsed(data: bytes, limits: Limits) -> EmailMessage:
    """The message taken apart. Raises TimeoutError: a part in a part in a part costs time at every line."""
    parser: BytesFeedParser[Any] = BytesFeedParser(policy=email.policy.default)
    end = time.monotonic() + limits.seconds
    for start in range(0, len(data), _CHUNK):
        parser.feed(data[start : start + _CHUNK])
        if time.monotonic() > end:
            raise TimeoutError
    message: EmailMessage = parser.close()
    return message


def _bodies(message: EmailMessage) -> tuple[str, list[tuple[bytes, str | None]], int, bool]:
    """The plain text, the pages with the encodings they name, how many attachments there are, and whether parts were
    left out because they lie too deep or are too many.
    """
    plain: list[str] = []
    pages: list[tuple[bytes, str | None]] = []
    attached, left_out = 0, False
    pending: list[tuple[Message[Any, Any], int]] = [(message, 0)]
    for _ in range(_PARTS):
        if not pending:
            break
        part, depth = pending.pop()
        kind = part.get_content_type()
        if part.is_multipart():
            left_out |= depth >= _DEPTH
            inner = part.get_payload() if depth < _DEPTH else []
            pending.extend((p, depth + 1) for p in reversed(_list(inner)) if isinstance(p, Message))
        elif part.get_content_disposition() == "attachment" or kind not in ("text/plain", "text/html"):
            attached += 1
        elif kind == "text/plain":
            plain.append(_text(part))
        elif isinstance(payload := part.get_payload(decode=True), bytes) and payload.strip():
            pages.append((payload, part.get_content_charset()))
    return "\n\n".join(text for text in plain if text.strip()), pages, attached, left_out or bool(pending)


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _text(part: Message[Any, Any]) -> str:
    """A part's words: in the encoding it names if they are valid in it, else in the one they look like."""
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes) or not payload.strip():
        return ""
    charset = part.get_content_charset() or "utf-8"
    try:
        text = payload.decode(charset)
    except (LookupError, ValueError):
        try:
            text = decode(payload)
        except NotText:
            return ""
    return _BROKEN.sub("\ufffd", text.replace("\r\n", "\n"))


def _messages(stream: BinaryIO, limit: int) -> Iterator[bytes]:
    """The messages of an mbox; of one above the limit, so much that it is seen to be too long."""
    lines: list[bytes] = []
    size, blank, opened = 0, True, False
    while line := stream.readline(_CHUNK):
        if blank and line.startswith(_SEPARATOR):
            if opened:
                yield _QUOTED.sub(rb"\1", b"".join(lines))
            lines, size, opened = [], 0, True
        elif opened and size <= limit:
            lines.append(line)
            size += len(line)
        blank = not line.strip()
    if opened:
        yield _QUOTED.sub(rb"\1", b"".join(lines))
