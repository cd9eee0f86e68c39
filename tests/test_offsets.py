"""Whatever the text, the chain from report to acts does not fail, and every span quotes the report's own words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import ftfy.bad_codecs  # noqa: F401  (registers sloppy-windows-1252)
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pledgetrail.extraction import extract
from pledgetrail.language import passages
from pledgetrail.reading import mend, read_all, restore
from pledgetrail.records import Act, AnyStatement, Document, RawReport, Span
from pledgetrail.resolution.acts import acts

if TYPE_CHECKING:
    from spacy.language import Language

#: Several reports an example: parsing them in one batch is what takes the time.
BATCH = 6


@pytest.fixture(scope="module", autouse=True)
def one_model(nlp: Language) -> Iterable[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passages, "load_model", lambda: nlp)
        yield


def chain(texts: list[str], **metadata: str) -> list[tuple[Document, list[AnyStatement], list[Act]]]:
    """The whole way: reports are read, parsed, extracted from and their statements made acts."""
    reports = (
        RawReport(id=f"r{number}", source="test", text=text, content_sha256="", **metadata)
        for number, text in enumerate(texts)
    )
    found = []
    documents = list(read_all(reports))
    for document, parsed in zip(documents, passages.parse(map(mend, documents)), strict=True):
        statements = restore(extract(parsed), document)
        found.append((document, statements, acts(document, statements)))
    assert [document.text for document, _, _ in found] == texts
    return found


def spans(statement: AnyStatement) -> list[Span]:
    return [statement.trigger, *statement.evidence, *(span for cell in statement.cells.values() for span in cell)]


def check(texts: list[str], **metadata: str) -> int:
    """Hold the chain to its promises; the number of statements found."""
    count = 0
    for document, statements, grouped in chain(texts, **metadata):
        count += len(statements)
        for statement in statements:
            assert statement.document == document.id
            assert statement.text_sha256 == document.text_sha256
            for span in spans(statement):
                assert span.document == document.id
                if span.field == "text":
                    assert 0 <= span.start < span.end <= len(document.text)
                    assert document.text[span.start : span.end] == span.quote
                else:
                    assert span.quote == (metadata[span.field])[span.start : span.end]
            assert any(e.start <= statement.trigger.start < e.end for e in statement.evidence)
        assert len({s.id for s in statements}) == len(statements)
        order = [(s.trigger.start, s.trigger.end, s.kind) for s in statements]
        assert order == sorted(order)
        assert sorted(s.id for act in grouped for s in act.statements) == sorted(s.id for s in statements)
    return count


#: Spaces, joiners, controls, marks and signs that reports hold by accident; a lone surrogate too.
ODD = (
    "aé ß\u0130\ufb01\u0301\u00a0\u2009\u200b\u00ad\u2028\u0085\x00\x1c\ufeff\U0001f600\ud800\n\r\t"
    ".,;:!?()[]\"'“”‘’«»—–-$€£¥%/#@*0123456789½²"
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.text(max_size=120) | st.text(alphabet=ODD, max_size=120), min_size=BATCH, max_size=BATCH))
@example([" ", "\n", "\x00", "$", "“", "\ud800"])
@example(["$5", "5%", "5 million", "€", "$1-$2", "($5m)"])
def test_any_text(texts: list[str]) -> None:
    check(texts)


WHO = (
    "Norway|the Turkish government|Japanese Foreign Minister Kenji Morita|UNICEF|they|Mr Kaya|both sides|"
    "Germany, France and Spain|its Ministry of Health|the EU|He|we"
).split("|")
DID = (
    "pledged|did not pledge|will provide|has delivered|refused to send|agreed to give|was promised|may suspend|"
    "called for|discussed|signed a contract for|met in Baku over|said it was ready to offer|cancelled"
).split("|")
WHAT = (
    "$5 million|€3m for food and £2m for shelter|200 tents|help|a loan of 50-60 million Swiss francs|"
    "an agreement on trade|the rebuilding of 1,200 schools|up to US$1.5bn (£1.1bn)|aid worth at least ¥3 billion|"
    "talks about the 12 killed and 30 injured"
).split("|")
WHOM = "| to Nepal| for displaced families in Nagorno-Karabakh| through the World Bank| with Iran| to its people".split(
    "|"
)
WHEN = "| on Monday| last year| in 2022| on 3 March 2021| if Nepal asks| yesterday, officials said".split("|")

sentence = st.builds(
    lambda who, did, what, whom, when: f"{who[0].upper()}{who[1:]} {did} {what}{whom}{when}.",
    *map(st.sampled_from, (WHO, DID, WHAT, WHOM, WHEN)),
)
spoken = st.builds("“{},” {} said.".format, sentence, st.sampled_from(WHO))
paragraph = st.lists(sentence | spoken, min_size=1, max_size=3).map(" ".join)


def noise(text: str, kind: str) -> str:
    """The text as pages and mails deform it."""
    match kind:
        case "spaces":
            return text.replace(" ", "\u00a0")
        case "wrapped":
            lines, line = [], ""
            for word in text.split(" "):
                if len(line) + len(word) > 60:
                    lines.append(line)
                    line = ""
                line = f"{line} {word}".strip(" ")
            return "\n".join([*lines, line])
        case "doubled":
            return f"{text}\n\n{text}"
        case "straight":
            return text.replace("“", '"').replace("”", '"')
        case "unclosed":
            return text.replace("”", "")
        case "carriage returns":
            return text.replace("\n", "\r\n")
        case "chrome":
            return f"Home | News | World\n\nShare on Facebook\n\n{text}\n\nSubscribe to our newsletter\n"
        case "soft hyphens":
            return text.replace("ll", "l\u00adl")
        case "double spaces":
            return text.replace(" ", "  ")
        case "mojibake":
            return text.encode("utf-8").decode("sloppy-windows-1252")
        case "capitals":
            return text.upper()
        case "cut":
            return text[: len(text) * 2 // 3]
        case _:
            return text


KINDS = (
    "plain|mojibake|spaces|wrapped|doubled|straight|unclosed|carriage returns|chrome|soft hyphens|double spaces|"
    "capitals|cut"
).split("|")
article = st.builds(
    lambda paragraphs, kinds: noise(noise("\n\n".join(paragraphs), kinds[0]), kinds[1]),
    st.lists(paragraph, min_size=1, max_size=3),
    st.tuples(st.sampled_from(KINDS), st.sampled_from(KINDS)),
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(article, min_size=BATCH, max_size=BATCH))
def test_reports_of_a_grammar_with_noise(texts: list[str]) -> None:
    check(texts, published="2021-03-10", title="Norway pledges $5 million to Nepal", outlet="Government of Norway")


PLAIN = (
    "Norway pledged $5 million to Nepal on 3 March 2021 for schools in the hills. "
    "“If Nepal asks, we will send 200 tents,” Prime Minister Kari Dahl said.\n\n"
    "Turkey delivered 300 tents to Nepal, and Germany gave €2 million to UNICEF."
)


@pytest.mark.parametrize("kind", KINDS)
def test_noise_costs_no_statement_its_place(kind: str) -> None:
    assert check([noise(PLAIN, kind)]) >= (0 if kind in ("capitals", "cut") else 2)


@pytest.mark.parametrize("kind", ["mojibake", "spaces", "straight", "carriage returns", "chrome", "doubled", "wrapped"])
def test_noise_does_not_change_what_is_read(kind: str) -> None:
    def commitments(text: str) -> list[tuple[str, list[str], float | None]]:
        ((_, statements, _),) = chain([text])
        return [
            (s.stage, [p.name for p in s.by], s.amount.value if s.amount else None)
            for s in statements
            if s.kind == "commitment"
        ]

    assert commitments(noise(PLAIN, kind)) == commitments(PLAIN)


def test_a_report_is_read_the_same_alone_and_among_others() -> None:
    ((_, alone, grouped),) = chain([PLAIN])
    among = chain(["Norway.", PLAIN, "", PLAIN])
    assert [(s.trigger, s.confidence) for s in alone] == [
        (Span("r0", s.trigger.start, s.trigger.end, s.trigger.quote), s.confidence) for s in among[1][1]
    ]
    assert [len(a.statements) for a in grouped] == [len(a.statements) for a in among[3][2]]
    assert not {s.id for s in among[1][1]} & {s.id for s in among[3][1]}, "ids are the document's own"
