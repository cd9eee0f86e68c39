from __future__ import annotations

import base64
import io
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pledgetrail.records import Problem, RawReport
from pledgetrail.sources import Limits, Settings
from pledgetrail.sources.inputs import Input
from pledgetrail.sources.mail import read as read_mail
from pledgetrail.sources.mail import read_box

PARAGRAPH = "Norway will give the islands forty boats, its minister of fisheries said on Thursday in Oslo. " * 6
PAGE = f"<html><body><article><h1>Boats</h1><p>{PARAGRAPH}</p><p>{PARAGRAPH[:94]}</p></article></body></html>"


def message(**parts: str) -> EmailMessage:
    found = EmailMessage()
    found["From"] = "Relief Weekly <news@relief.example>"
    found["Subject"] = "Boats for the islands"
    found["Date"] = "Thu, 3 Feb 2005 08:30:00 +0100"
    found["Message-ID"] = "<42@relief.example>"
    if "plain" in parts:
        found.set_content(parts["plain"])
    if "html" in parts and "plain" in parts:
        found.add_alternative(parts["html"], subtype="html")
    elif "html" in parts:
        found.set_content(parts["html"], subtype="html")
    return found


def read(data: bytes | EmailMessage, limits: Limits | None = None, box: bool = False) -> list[RawReport | Problem]:
    raw = data if isinstance(data, bytes) else data.as_bytes()
    item = Input("in.eml", "in.eml", "in.eml", lambda: io.BytesIO(raw))
    return list((read_box if box else read_mail)(item, Settings(limits or Limits())))


def kinds(found: list[RawReport | Problem]) -> list[str]:
    return [item.kind for item in found if isinstance(item, Problem)]


def text_of(found: list[RawReport | Problem]) -> str:
    (report,) = found
    assert isinstance(report, RawReport), report
    return report.text


def test_headers_name_the_report() -> None:
    (report,) = read(message(plain="Aid came.\nMore follows.\n"))
    assert isinstance(report, RawReport)
    assert (report.id, report.title) == ("42@relief.example", "Boats for the islands")
    assert (report.outlet, report.author) == ("Relief Weekly", None)
    assert report.published == "2005-02-03T08:30:00+01:00"
    assert report.text == "Aid came.\nMore follows.\n"


@pytest.mark.parametrize(
    ("sender", "outlet", "author"),
    [
        ("Jo Reed via Relief Weekly <x@relief.example>", "Relief Weekly", "Jo Reed"),
        ("=?utf-8?q?Jo_Re=C3=ABd_at_Relief?= <x@relief.example>", "Relief", "Jo Reëd"),
        ("x@relief.example", "relief.example", None),
    ],
)
def test_sender_is_outlet_and_author(sender: str, outlet: str, author: str | None) -> None:
    head = f"From: {sender}\r\n\r\nAid came.".encode()
    (report,) = read(head)
    assert isinstance(report, RawReport) and (report.id, report.outlet, report.author) == ("in.eml", outlet, author)


def test_page_stands_in_for_an_empty_or_stub_text() -> None:
    for plain in ("", "  \n", "View this mail in your browser: https://relief.example/42"):
        text = text_of(read(message(plain=plain, html=PAGE)))
        assert text.count(PARAGRAPH.strip()) == 1 and "browser" not in text
    assert PARAGRAPH.strip() in text_of(read(message(html=PAGE)))
    assert text_of(read(message(plain=PARAGRAPH, html=PAGE))).strip() == PARAGRAPH.strip()
    assert text_of(read(message(plain="Aid came.", html="<p></p>"))) == "Aid came.\n"


def test_attachments_are_counted_not_opened() -> None:
    mail = message(plain="Aid came.")
    mail.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="../../secret.pdf")
    mail.add_attachment("Not the body.", filename="notes.txt")
    assert text_of(read(mail)) == "Aid came.\n"
    only = message()
    only.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="a.pdf")
    (problem,) = read(only)
    assert isinstance(problem, Problem) and problem.kind == "no-text" and "1 attachment" in problem.message


@pytest.mark.parametrize("charset", ["us-ascii", "utf-8", "no-such-charset", "utf-16", "idna", "base64", "\udcff"])
def test_wrong_charset(charset: str) -> None:
    head = f"Subject: Aid\nContent-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: 8bit\n\n"
    data = head.encode("utf-8", "surrogateescape") + "Café aid in Málaga, they said.".encode("cp1252")
    found = read(data)
    assert len(found) == 1
    if charset not in {"utf-16", "idna"}:
        assert text_of(found) == "Café aid in Málaga, they said."


def test_encoded_bodies() -> None:
    packed = base64.b64encode("Hilfe für Málaga".encode()).decode()
    head = "Subject: Aid\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n"
    assert text_of(read((head + packed).encode())) == "Hilfe für Málaga"
    assert len(read((head + packed[:-3] + "*").encode())) == 1


def nested(depth: int) -> bytes:
    opened = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(depth))
    return f"Subject: Aid\n{opened}Content-Type: text/plain\n\nAid came.\n".encode()


def test_parts_within_parts_are_bounded() -> None:
    assert text_of(read(nested(5))).strip() == "Aid came."
    assert kinds(read(nested(60))) == ["no-text"]
    assert kinds(read(nested(1200)))[0] in {"nested", "invalid-mail", "no-text"}
    many = b"Subject: Aid\nContent-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 1_500
    assert len(read(many)) == 1


def test_time_is_bounded() -> None:
    assert kinds(read(nested(80) + b"\n" * 70_000, Limits(seconds=0))) == ["too-slow"]


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b"no headers here\nat all", "invalid-mail"),
        (b"Subject: only a head\n", "no-text"),
        (b"Subject: Aid\n\n   \n", "no-text"),
        (b"Subject: " + b"x" * 2000 + b"\n\nAid", "too-long"),
    ],
)
def test_bad_message_is_named(data: bytes, kind: str) -> None:
    (problem,) = read(data, Limits(record_bytes=1000))
    assert isinstance(problem, Problem) and problem.kind == kind and problem.message.startswith("in.eml: ")


def test_mailbox_has_many_messages() -> None:
    box = (
        "From a@example Thu Feb  3 08:30:00 2005\nSubject: One\nMessage-ID: <1@x>\n\nAid came.\n>From Oslo, too.\n\n"
        "From b@example Thu Feb  3 08:30:00 2005\nSubject: Two\n\nAid went.\nFrom Oslo, too.\n\n"
        "From c@example Thu Feb  3 08:30:00 2005\nSubject: Three\n\n\n\n"
        "From d@example Thu Feb  3 08:30:00 2005\nSubject: Four\n\n" + "x" * 3000 + "\n"
    )
    one, two, three, four = read(box.encode(), Limits(record_bytes=2000), box=True)
    assert isinstance(one, RawReport) and (one.id, one.text.strip()) == ("1@x", "Aid came.\nFrom Oslo, too.")
    assert isinstance(two, RawReport) and (two.id, two.text.strip()) == ("in.eml#2", "Aid went.\nFrom Oslo, too.")
    assert one.source == two.source == "in.eml"
    assert isinstance(three, Problem) and (three.kind, three.source) == ("no-text", "in.eml#3")
    assert isinstance(four, Problem) and (four.kind, four.source) == ("too-long", "in.eml#4")
    assert kinds(read(b"no mailbox", box=True)) == ["empty"]


@given(
    st.binary(max_size=300), st.sampled_from(["From: ", "Date: ", "Message-ID: ", "Content-Type: ", "Subject: ", ""])
)
def test_no_bytes_raise(data: bytes, header: str) -> None:
    for item in read(b"Subject: a\n" + header.encode() + data) + read(data, box=True):
        if isinstance(item, RawReport):
            for part in (item.text, item.id, item.title, item.outlet, item.author, item.published):
                (part or "").encode()
