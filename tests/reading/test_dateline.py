from __future__ import annotations

import pytest

from pledgetrail.reading import dateline


@pytest.mark.parametrize(
    ("paragraph", "opening", "place", "agency"),
    [
        ("BAKU, May 16 (AA) – Engineers reopened a road.", "BAKU, May 16 (AA) – ", "BAKU", "AA"),
        ("[Islamabad, 13 January] Talks began.", "[Islamabad, 13 January] ", "Islamabad", None),
        ("ISLAMABAD/LONDON: Two banks agreed.", "ISLAMABAD/LONDON: ", "ISLAMABAD/LONDON", None),
        ("Doha, May 28 (QNA) - Qatar sent tents.", "Doha, May 28 (QNA) - ", "Doha", "QNA"),
        ("Washington, May 27 (AP) Lawmakers met.", "Washington, May 27 (AP) ", "Washington", "AP"),
        (
            "LUBECK, Germany/WASHINGTON Ministers met.",
            "LUBECK, Germany/WASHINGTON ",
            "LUBECK, Germany/WASHINGTON",
            None,
        ),
        ("WASHINGTON U.S. lenders agreed.", "WASHINGTON ", "WASHINGTON", None),
        ("KYIV The bridge is open.", "KYIV ", "KYIV", None),
        ("UNITED NATIONS The Council met.", "UNITED NATIONS ", "UNITED NATIONS", None),
        ("GENEVA (AFP) - Donors met.", "GENEVA (AFP) - ", "GENEVA", "AFP"),
        ("LAHORE, Jan 10, 2023: Work began.", "LAHORE, Jan 10, 2023: ", "LAHORE", None),
        ("CHARLOTTE, North Carolina Police said so.", "CHARLOTTE, North Carolina ", "CHARLOTTE, North Carolina", None),
        ("(Reuters) - Prices fell.", "(Reuters) - ", "", "Reuters"),
    ],
)
def test_datelines(paragraph: str, opening: str, place: str, agency: str | None) -> None:
    found = dateline.find(paragraph)
    assert found is not None
    assert (paragraph[: found.length], found.place, found.agency) == (opening, place, agency)


@pytest.mark.parametrize(
    "paragraph",
    [
        "NATO Secretary General arrived.",
        "UNICEF Executive Director spoke.",
        "U.S. President arrived in Rome.",
        "EU ministers (27 of them) met.",
        "In Baku, May 16 was a day of rest.",
        "President Novak, May 16 was chosen.",
        "Australia: a lucky country, some say.",
        "Question: who pays for the bridge?",
        "The minister - a tall man - left.",
        "MEDIA RELEASE: Funds for Fiji.",
        "",
        "BAKU",
    ],
)
def test_no_dateline(paragraph: str) -> None:
    assert dateline.find(paragraph) is None
