"""The second reader is not sent what is not in English."""

from __future__ import annotations

from typing import Any

from pledgetrail.pipeline.second_reader import SecondReader
from pledgetrail.records import Document, RawReport, Reading

FRENCH = (
    "La Norvège a promis mardi cinq millions de dollars pour la reconstruction du port. Le ministre a déclaré que "
    "les travaux commenceraient au printemps, et que d'autres pays étaient invités à contribuer à ce projet. "
    "Les habitants attendent depuis longtemps que les autorités réparent les quais et les entrepôts de la ville."
)


class Listening:
    """An asker that notes what it is asked and answers nothing."""

    def __init__(self) -> None:
        self.asked: list[Document] = []

    def ask(self, documents: list[Document]) -> list[Any]:
        self.asked += documents
        return [[] for _ in documents]


def test_a_report_in_another_language_is_kept_and_not_sent() -> None:
    asker = Listening()
    reader = SecondReader(asker)  # type: ignore[arg-type]
    report = RawReport(id="fr", source="fr.txt", text=FRENCH, content_sha256="")
    (reading,) = reader([report])
    assert isinstance(reading, Reading)
    assert reading.document.language == "fr"
    assert reading.acts == ()
    assert asker.asked == []
