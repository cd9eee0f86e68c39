"""English is told from other languages, and a doubtful text is English."""

from __future__ import annotations

import pytest

from pledgetrail.reading import read, tongue
from pledgetrail.records import RawReport

OTHER = {
    "fr": "Le ministère des affaires étrangères a annoncé mardi que la Norvège enverrait"
    " deux ponts mobiles dans la vallée. Les ponts coûtent quatre millions de couronnes et seront posés avant"
    " l'hiver, selon le ministère. Les ingénieurs locaux avaient demandé de l'aide.",
    "de": "Norwegen schickt zwei Brücken in das Tal, teilte das Außenministerium am Dienstag mit."
    " Die Brücken kosten vier Millionen Kronen und sollen vor dem Winter stehen, hieß es aus dem Ministerium weiter."
    " Die Ingenieure vor Ort hatten um Hilfe gebeten.",
    "tr": "Norveç, sel altında kalan vadiye iki seyyar köprü gönderecek, dışişleri bakanlığı salı günü açıkladı."
    " Köprüler dört milyon kron değerinde ve bakanlığa göre kıştan önce kurulacak. Yerel mühendisler ekim ayında yardım"
    " istemişti çünkü üç geçit yıkılmıştı.",
    "ru": "Норвегия отправит два мобильных моста в затопленную долину, сообщило министерство иностранных дел.",
    "ja": "ノルウェー外務省は火曜日、洪水に見舞われた谷に二つの移動式の橋を送ると発表した。橋は冬の前に架けられる。",
}


@pytest.mark.parametrize("code", OTHER)
def test_other_languages(code: str) -> None:
    assert tongue.identify([OTHER[code]]) == code


@pytest.mark.parametrize(
    "passages",
    [
        ["Norway pledges tents, blankets, medicine."],
        ["Ilham Aliyev, Recep Tayyip Erdoğan, Nikol Pashinyan: Lachin, Zangilan, Füzuli, Kəlbəcər, Ağdam, Şuşa."],
        ["The president of Azerbaijan, Ilham Aliyev, met Recep Tayyip Erdoğan in Füzuli and Şuşa and thanked him."],
        ["The minister said: “Nous allons reconstruire cette vallée avec nos amis et nos voisins, pierre par pierre.”"],
        [OTHER["fr"], "The ministry said that the bridges would stand by the winter, and that the work of the engineers"
         " has been paid for by the county and its neighbours, which also asked for more."],
        [""],
        [],
    ],
)  # fmt: skip
def test_english_and_what_is_too_little_to_tell(passages: list[str]) -> None:
    assert tongue.identify(passages) == "en"


def test_common_english_needs_no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tongue, "_identifier", lambda: pytest.fail("the model was loaded"))
    assert tongue.identify(["The fund said that it would pay for the repair of the bridges."]) == "en"


def test_only_the_body_counts() -> None:
    menu = "Home\nAbout us\nPrivacy policy\nTerms of use\nSubscribe to our newsletter\nRead more"
    found = read(RawReport(id="d", source="s", text=f"{menu}\n\n{OTHER['de']}\n\n{menu}", content_sha256=""))
    assert found.language == "de"
    assert "body" in {block.kind for block in found.blocks}
