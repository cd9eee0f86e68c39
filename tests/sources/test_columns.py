from __future__ import annotations

import pytest

from pledgetrail.sources import columns
from pledgetrail.sources.columns import FIELDS, MapError, NoColumn, columns_of, parse_map


def test_data_names_every_field_once() -> None:
    synonyms = columns.synonyms()
    assert set(synonyms) == {*FIELDS, "teaser"}
    every = [name for names in synonyms.values() for name in names]
    assert all(every) and len(every) == len(set(every))
    assert all(code.isalpha() and len(code) == 2 for code in columns.languages().values())
    assert columns.list_names()


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (
            "id,url,title,outlet,published,text",
            {name: name for name in FIELDS if name not in ("author", "section", "language")},
        ),
        (
            "stories_id,publish_date,title,url,language,media_name,text",
            {"id": "stories_id", "published": "publish_date", "outlet": "media_name", "text": "text"},
        ),
        (
            "Headline,Full Text,Publication,Publication Date,Byline",
            {"text": "Full Text", "published": "Publication Date"},
        ),
        ("Título;Fecha;Fuente;Texto".replace(";", ","), {"title": "Título", "published": "Fecha", "text": "Texto"}),
        ("BAŞLIK,Tarih,KAYNAK,Metin", {"title": "BAŞLIK", "outlet": "KAYNAK", "text": "Metin"}),
        (
            "Title,Source,Source URL,Article Text,Date",
            {"url": "Source URL", "outlet": "Source", "text": "Article Text"},
        ),
        ("webTitle,webPublicationDate,webUrl,sectionName,body", {"published": "webPublicationDate", "url": "webUrl"}),
        ("Body,Content", {"text": "Body"}),
    ],
)
def test_usual_names_are_known(header: str, expected: dict[str, str]) -> None:
    found = columns_of(header.split(","), {}).names
    assert expected.items() <= found.items()
    assert len(set(found.values())) == len(found)


def test_the_users_choice_goes_first() -> None:
    found = columns_of(["text", "Note", "Date", "source"], {"text": "note", "outlet": "", "title": "text"}).names
    assert found == {"text": "Note", "title": "text", "published": "Date"}


def test_record_may_lack_a_chosen_field_other_than_the_text() -> None:
    assert columns_of(["body"], {"title": "Head"}, table=False).names == {"text": "body"}
    with pytest.raises(NoColumn, match="'Head'"):
        columns_of(["body"], {"title": "Head"})
    with pytest.raises(NoColumn, match="'Words'"):
        columns_of(["body"], {"text": "Words"}, table=False)


def test_map_is_read_from_options() -> None:
    assert parse_map(["text=Body, or so,published=Date", "outlet="]) == {
        "text": "Body, or so",
        "published": "Date",
        "outlet": "",
    }


@pytest.mark.parametrize("option", ["body=Text", "text", "text=", "text=a,text=b", "titel=x", "=x", ""])
def test_map_that_makes_no_sense_is_refused(option: str) -> None:
    with pytest.raises(MapError):
        parse_map([option])


def test_unknown_field_is_said_with_the_known_ones() -> None:
    with pytest.raises(MapError, match=r"'headline'.*text, title, published"):
        parse_map(["headline=Kop"])
