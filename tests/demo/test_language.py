"""A sentence in the wrong language gets a reply nobody in the house understands."""

from __future__ import annotations

import pytest

from demo.language import guess_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Turn on the kitchen lights", "en"),
        ("Dim the bedroom to 30 percent and close the blinds", "en"),
        ("kitchen light off", "en"),
        ("it's too dark in here", "en"),
        ("volume 50 %", "en"),
        ("", "en"),
        ("🙂", "en"),
        ("Éteins la lampe du salon", "fr"),
        ("eteins la lampe du salon", "fr"),
        ("ferme les volets", "fr"),
        ("il fait trop chaud dans la chambre", "fr"),
        ("allume l'éclairage s'il te plaît", "fr"),
        ("Mach das Licht in der Küche an", "de"),
        ("schalte die lampe aus", "de"),
        ("es ist zu dunkel im Wohnzimmer", "de"),
        ("Enciende la luz del salón", "es"),
        ("apaga las luces de la cocina", "es"),
        ("Włącz światło w kuchni", "pl"),
        ("Accendi la luce in cucina", "it"),
        ("Doe het licht in de keuken aan", "nl"),
        ("거실 온도 2도 올려줘", "ko"),
        ("TV 꺼줘", "ko"),
        ("寝室の電気を消して", "ja"),
        ("エアコンつけて", "ja"),
        ("照明点灯", "ja"),
    ],
)
def test_the_language_of_a_sentence(text: str, language: str) -> None:
    assert guess_language(text) == language


@pytest.mark.parametrize("answer", ["no", "yes", "oui", "kitchen"])
@pytest.mark.parametrize("before", ["en", "fr", "de"])
def test_an_answer_of_one_word_is_in_the_language_of_the_question(answer: str, before: str) -> None:
    assert guess_language(answer, before) == before


def test_a_word_in_other_letters_is_in_its_own_language() -> None:
    assert guess_language("네", "en") == "ko"
