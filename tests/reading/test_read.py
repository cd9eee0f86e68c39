"""Whole reports in the manners of different outlets, written for these tests, and what must hold for any text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pledgetrail.reading import read, read_all
from pledgetrail.records import Document, RawReport

LEAD = "Norway will send two mobile bridges to the flooded valley of Arden, its foreign ministry said on Tuesday."
SECOND = "The bridges are worth 4 million crowns and should stand before the winter, according to the ministry."
THIRD = "Local engineers asked for help after three crossings were washed away in the first week of October."
BODY = (LEAD, SECOND, THIRD)
TITLE = "Norway sends mobile bridges to flooded Arden"


def doc(text: str, **fields: str) -> Document:
    return read(RawReport(id="d", source="s", text=text, content_sha256="0", **fields))


def of(document: Document, *kinds: str) -> list[str]:
    return [document.text[b.start : b.end] for b in document.blocks if b.kind in kinds]


def test_body_pasted_twice_is_read_once() -> None:
    found = doc(
        "\n".join([TITLE, *BODY, "Follow us on Facebook and Twitter", *BODY, "Follow us on Facebook and Twitter"])
    )
    assert of(found, "body") == list(BODY)
    assert of(found, "repeat") == list(BODY)
    assert of(found, "title") == [TITLE]


def test_body_pasted_again_with_small_changes() -> None:
    altered = [
        LEAD.replace("valley of", "valley round"),
        SECOND.replace("should", "shall"),
        THIRD.replace(" first", ""),
    ]
    found = doc("\n\n".join([*BODY, *altered]))
    assert of(found, "repeat") == altered


def test_pastes_without_a_break_between_them() -> None:
    found = doc("\n".join([LEAD, SECOND, THIRD + LEAD, SECOND, THIRD]))
    assert of(found, "body") == list(BODY)
    assert of(found, "repeat") == list(BODY)


def test_like_sentences_about_other_sums_are_no_repeat() -> None:
    lines = [f"The fund of state number one pledged {n} million dollars for schools in the valley." for n in (5, 7, 9)]
    assert of(doc("\n".join(lines)), "body") == lines


def test_headline_three_times_and_a_standfirst() -> None:
    found = doc(f"{TITLE}\n\n{TITLE}\n\n {TITLE}\n\nOslo answers a call for help\n\n" + "\n\n".join(BODY))
    assert (of(found, "title"), of(found, "repeat")) == ([TITLE], [TITLE, TITLE])
    assert of(found, "heading") == ["Oslo answers a call for help"]
    assert found.title == TITLE and found.title_span is not None and found.title_span.start == 0


def test_agency_story_on_a_newspapers_site() -> None:
    text = (
        f"|\n\n{TITLE}\n\nNews Service\n17:19 - 13/01/2021 Wednesday\nAA\n"
        + "Arden bridge Tor Berg\nArden bridge Tor Berg\n\n"
        + "\n\n".join(BODY)
        + "\n\n- Flood damage\n\n"
        + "Water stood two metres high in the market streets, and most shops there remain closed today.\n\n"
        + "#Norway\n#mobile bridges\n3 years ago"
    )
    found = doc(text)
    assert found.title == TITLE
    assert found.agency == "Anadolu Agency"
    assert (found.published, found.published_basis) == ("2021-01-13", "text")
    assert found.published_span is not None and found.published_span.quote == "13/01/2021"
    assert of(found, "caption") == ["Arden bridge Tor Berg"] * 2
    assert of(found, "heading") == ["- Flood damage"]
    assert of(found, "chrome") == ["|", "#Norway", "#mobile bridges", "3 years ago"]


def test_agency_with_its_section_and_a_photo_credit() -> None:
    head = f"Contact Us\n\n{TITLE}\n\nAnadolu Agency WORLD\nPublished May 16,2024\n"
    found = doc(head + "Minister Tor Berg (REUTERS File Photo)\n\n" + "\n\n".join(BODY))
    assert (found.title, found.agency, found.published) == (TITLE, "Anadolu Agency", "2024-05-16")
    assert of(found, "caption") == ["Minister Tor Berg (REUTERS File Photo)"]
    assert of(found, "body") == list(BODY)


def test_labels_and_dates_on_lines_of_their_own() -> None:
    head = "By \nAnna Lund, Foreign Editor\n\nPUBLISHED:\n\n11:06 EST, 16 September 2013\n\n\n| \n\n"
    found = doc(head + "UPDATED:\n\n06:16 EST, 17 September 2013\n\n" + "\n\n".join(BODY))
    assert (found.published, found.author) == ("2013-09-16", "Anna Lund")
    assert of(found, "body") == list(BODY)


def test_release_with_blank_lines_between_wrapped_ones() -> None:
    wrapped = (
        "Foreign Minister Anna Lund said today that Norway would provide\n\ntwo mobile bridges for the valley"
        " of"
        " Arden, where the\n\nUpper River washed away three crossings.\n\nThe bridges will be carried by rail and put"
        " up by soldiers of the\n\nEngineer Battalion before the winter.\n\n"
    )
    text = (
        "MEDIA RELEASE\n\nMinister for Foreign Affairs\n\n20 Mar 2003\n\nMobile Bridges for Arden\n\n"
        + wrapped
        + "E&OE\n\nMedia contact: Kari Moe (02) 6277 7500 or 0419 206 890"
    )
    found = doc(text, title="Mobile bridges for Arden")
    assert found.published == "2003-03-20"
    assert found.author == "Minister for Foreign Affairs"
    body = [" ".join(t.split()) for t in of(found, "body")]
    assert body == [
        "Foreign Minister Anna Lund said today that Norway would provide two mobile bridges for the valley of Arden,"
        " where the Upper River washed away three crossings.",
        "The bridges will be carried by rail and put up by soldiers of the Engineer Battalion before the winter.",
    ]


def test_wrapped_prose_and_its_heading() -> None:
    text = (
        "Bridges for the Valley\n\nThe county council voted on Monday to rent two bridges\nfrom the army of"
        " Norway for as long as the old ones are\nclosed. The rent is low.\n\nCosts and dates\n\n"
        "Nobody could say on Monday how long the repair of the\n"
        "three crossings would take, or who would pay for the work.\n"
    )
    found = doc(text)
    assert of(found, "title") == ["Bridges for the Valley"]
    assert of(found, "heading") == ["Costs and dates"]
    assert len(of(found, "body")) == 2


def test_lists_stay_lists() -> None:
    items = ["• $10 million to the Food Programme", "• $4 million to the Children's Fund", "• tents and blankets"]
    found = doc("\n\n".join([*BODY, "The help announced today will include:", *items]))
    assert of(found, "body")[-3:] == items


def test_dateline_is_parted_from_the_body() -> None:
    found = doc(f"{TITLE}\n\nOSLO, May 28 (QNA) - {LEAD}\n\n{SECOND}")
    assert (found.dateline, found.agency) == ("OSLO", "Qatar News Agency")
    assert of(found, "dateline") == ["OSLO, May 28 (QNA) -"]
    assert of(found, "body") == [LEAD, SECOND]


def test_date_of_a_dateline_with_a_year() -> None:
    assert doc(f"OSLO, Jan 10, 2023: {LEAD}").published == "2023-01-10"


def test_reporting_credit_on_its_own_and_at_the_end_of_a_paragraph() -> None:
    credit = "(Reporting by Kari Moe in Oslo; Editing by Ola Dahl)"
    for text in (f"{LEAD}\n\n{credit}", f"{LEAD} {credit}"):
        found = doc(text)
        assert of(found, "body") == [LEAD]
        assert of(found, "agency") == [credit]
        assert found.author == "Kari Moe"


def test_appeals_menus_and_related_stories_are_dropped() -> None:
    menu = ["Home", "World", "Business", "Valley News", "Contact Us", "Subscribe", "Opinion", "More"]
    foot = [
        "Kari Moe", "Related post", "Ten castles to see this summer", "Subscribe from £10 a month", "Donate Now",
        "We use cookies to give you a better experience.", "© 2024 Arden Media Ltd. All rights reserved.",
    ]  # fmt: skip
    found = doc("\n".join([*menu, TITLE, "2 min read", *BODY, *foot]))
    assert of(found, "body") == list(BODY)
    assert found.title == TITLE
    assert found.author == "Kari Moe"


def test_markdown_link_bars_are_dropped_and_links_in_prose_kept() -> None:
    prose = "The [ministry](https://x.org/m) said on Friday that the bridges had arrived at the railway station."
    found = doc(
        f"[Home](https://x.org/) [News](https://x.org/news)\n# {TITLE}\n  * [ Anna Lund ](https://x.org/al)\n{LEAD}\n{prose}"
    )
    assert found.title == TITLE
    assert of(found, "body") == [LEAD, prose]


def test_rows_of_a_table_are_kept() -> None:
    rows = ["Norway | 4 | 2020", "Latvia | 2 | 2021"]
    assert of(doc("\n".join([LEAD, *rows, SECOND])), "body") == [LEAD, *rows, SECOND]


def test_key_figures_above_the_first_paragraph_are_kept() -> None:
    figures = ["33,000 people affected", "1,739 houses damaged", "12 bridges washed away"]
    found = doc("\n".join(["Flood in Arden: bridges asked of Norway", "KEY FIGURES", *figures, LEAD, SECOND]))
    assert of(found, "body") == [*figures, LEAD, SECOND]


def test_sentences_that_start_like_chrome_are_kept() -> None:
    kept = [
        "Contact between the two ministries resumed in March, after a year in which neither side had answered letters.",
        "Related damage to the power lines was put at 12 million crowns by the county's own engineers on Monday.",
        "Copies of the agreement were handed to both sides after the ministers had shared a meal in the town hall.",
    ]
    assert of(doc("\n".join([LEAD, *kept])), "body") == [LEAD, *kept]


def test_metadata_win_over_the_text() -> None:
    text = f"{TITLE}\nPublished May 16, 2024\n{LEAD}"
    found = doc(text, title="Bridges", outlet="Arden Courier", published="2024-05-17T08:00:00Z", url="u")
    assert (found.title, found.outlet, found.url) == ("Bridges", "Arden Courier", "u")
    assert (found.published, found.published_basis) == ("2024-05-17", "metadata")
    assert found.published_span is not None and found.published_span.field == "published"
    assert found.title_span is not None and found.title_span.field == "title"


def test_unreadable_metadata_date_gives_way_to_the_text() -> None:
    found = doc(f"Published May 16, 2024\n{LEAD}", published="last week")
    assert (found.published, found.published_basis) == ("2024-05-16", "text")


def test_date_that_belongs_to_the_title_is_not_the_publication() -> None:
    found = doc(f"Norway bridges to open on 5 May 2030\n{LEAD}")
    assert found.published is None


def test_title_of_the_metadata_with_the_date_in_the_same_line() -> None:
    found = doc(f"{TITLE} 16 January 2014\n\n{LEAD}", title=TITLE)
    assert of(found, "title") == [TITLE]
    assert found.published == "2014-01-16"


def test_name_of_the_outlet_above_the_title() -> None:
    found = doc(
        f"THE ARDEN COURIER\nHome / About / Archive\n{TITLE}\nBy our valley staff\n2/10/2023 Monday\n{LEAD}\n{SECOND}"
    )
    assert (found.title, found.outlet) == (TITLE, "THE ARDEN COURIER")
    assert found.published == "2023-10-02"
    assert of(found, "body") == [LEAD, SECOND]


def test_dateline_in_a_line_of_its_own() -> None:
    found = doc(f"Arden, 26 October 2021 (Valley Wire)\n{TITLE}\n{LEAD}")
    assert (found.title, found.dateline, found.agency) == (TITLE, "Arden", "Valley Wire")
    assert found.published == "2021-10-26"


def test_no_title_where_the_report_starts_at_once() -> None:
    found = doc("\n".join(BODY))
    assert found.title is None and found.title_span is None
    assert of(found, "body") == list(BODY)


def test_read_all_streams() -> None:
    stream = read_all(RawReport(id=str(i), source="s", text=LEAD, content_sha256="0") for i in range(3))
    assert [d.id for d in stream] == ["0", "1", "2"]


PIECES = st.sampled_from(
    [
        *BODY, TITLE, "Home", "AA", "By Anna Lund", "By", "PUBLISHED:", "May 16, 2024", "(Reporting by A B)",
        "• item", "|",
        "Related", "Comments", "OSLO (AA) - Rain fell on the town for the third day.", "# Heading", "[a](b)",
        "\r\n", "\n\n",
        "\n", "\x85", "\u2028", "\x00", "\ud800", " ", "“", "no end of", "KEVIN M.P.",
    ]
)  # fmt: skip
TEXTS = st.one_of(
    st.text(),
    st.lists(st.one_of(PIECES, st.text(max_size=5)), max_size=30).map("".join),
    st.lists(PIECES, max_size=20).map("\n".join),
)


@given(TEXTS, st.sampled_from([None, TITLE, "Home", LEAD, "   "]))
def test_blocks_cover_all_that_is_not_blank(text: str, title: str | None) -> None:
    found = read(RawReport(id="d", source="s", text=text, content_sha256="0", title=title))
    assert found.text == text
    end = 0
    for block in found.blocks:
        assert end <= block.start < block.end <= len(text)
        assert not text[end : block.start].strip()
        assert text[block.start : block.end].strip() == text[block.start : block.end]
        assert block.rule
        end = block.end
    assert not text[end:].strip()


@given(TEXTS)
def test_spans_quote_the_text(text: str) -> None:
    found = read(RawReport(id="d", source="s", text=text, content_sha256="0"))
    for span in (found.title_span, found.published_span):
        assert span is None or text[span.start : span.end] == span.quote
    assert (found.published is None) == (found.published_basis is None) == (found.published_span is None)


@given(TEXTS)
def test_reading_twice_gives_the_same(text: str) -> None:
    report = RawReport(id="d", source="s", text=text, content_sha256="0")
    assert read(report) == read(report)
