"""Who speaks another of our languages than the pipeline is answered in it, and nobody else is."""

from __future__ import annotations

import pytest
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.functiongemma.languages import Languages, guess, load, words_of

from .fake_model import FakeModel
from .house import Speaker, call, lights_and_switches, place, set_up_demo, speech

#: What people say to a house; nothing of it was used for the lists of words.
SENTENCES: dict[str, tuple[str, ...]] = {
    "en": (
        "Turn the hallway lights off, please", "Is the back door locked?", "What's the weather like",
        "It's far too dark in here", "Play some jazz in the kitchen", "Set a timer for ten minutes",
        "Close all the blinds upstairs", "Who is at home", "Make it two degrees warmer",
        "Add oat milk to my shopping list", "Skip this song", "Dim the lamp to thirty percent",
        "Which windows are open", "Send the vacuum back to its dock", "Good night, everything off",
        "Stop", "Open sesame",
    ),
    "fr": (
        "Éteins toutes les lumières du rez-de-chaussée", "Est-ce que le garage est fermé ?",
        "Quel temps fera-t-il demain", "Il fait vraiment trop sombre ici", "Mets un peu de musique",
        "Monte le chauffage de deux degrés", "Ferme les volets de la chambre d'amis",
        "Ajoute des œufs à la liste de courses", "Baisse le son de la télé s'il te plaît",
        "Lance l'aspirateur dans le couloir", "Combien de fenêtres sont ouvertes",
        "Allume la lampe de chevet", "Qui est à la maison", "Règle la lampe à trente pour cent",
        "Passe à la chanson suivante", "Encore", "Bonne nuit",
    ),
    "de": (
        "Mach bitte das Licht im Treppenhaus aus", "Ist die Hintertür abgeschlossen?",
        "Wie wird das Wetter morgen", "Hier ist es viel zu dunkel", "Spiel etwas Jazz in der Küche",
        "Stell einen Timer auf zehn Minuten", "Fahr alle Rollläden im Obergeschoss herunter",
        "Wer ist zu Hause", "Mach es zwei Grad wärmer", "Setz Hafermilch auf die Einkaufsliste",
        "Überspring dieses Lied", "Dimm die Lampe auf dreißig Prozent", "Welche Fenster sind offen",
        "Schick den Staubsauger zurück zur Station", "Gute Nacht, alles aus", "Stopp", "Lauter",
    ),
    "es": (
        "Apaga las luces del pasillo, por favor", "¿Está cerrada la puerta de atrás?",
        "Qué tiempo hará mañana", "Aquí está demasiado oscuro", "Pon algo de jazz en la cocina",
        "Pon un temporizador de diez minutos", "Baja todas las persianas de arriba",
        "Quién está en casa", "Sube la calefacción dos grados", "Añade leche a la lista de la compra",
        "Salta esta canción", "Pon la lámpara al treinta por ciento", "Qué ventanas están abiertas",
        "Manda la aspiradora a su base", "Buenas noches, apágalo todo", "Para", "Más alto",
    ),
    "it": (
        "Spegni le luci del corridoio, per favore", "La porta sul retro è chiusa a chiave?",
        "Che tempo farà domani", "Qui è troppo buio", "Metti un po' di jazz in cucina",
        "Imposta un timer di dieci minuti", "Abbassa tutte le tapparelle di sopra", "Chi c'è in casa",
        "Alza il riscaldamento di due gradi", "Aggiungi il latte alla lista della spesa",
        "Salta questa canzone", "Metti la lampada al trenta per cento",
        "Quali finestre sono aperte", "Rimanda il robot alla base", "Buonanotte, spegni tutto",
        "Basta", "Più forte",
    ),
    "nl": (
        "Doe het licht in de gang uit alsjeblieft", "Is de achterdeur op slot?",
        "Wat voor weer wordt het morgen", "Het is hier veel te donker", "Speel wat jazz in de keuken",
        "Zet een timer van tien minuten", "Doe boven alle rolluiken dicht", "Wie is er thuis",
        "Zet de verwarming twee graden hoger", "Zet havermelk op mijn boodschappenlijst",
        "Sla dit nummer over", "Dim de lamp naar dertig procent", "Welke ramen staan open",
        "Stuur de stofzuiger terug naar zijn station", "Welterusten, alles uit", "Stop", "Harder",
    ),
    "pl": (
        "Zgaś proszę światło na korytarzu", "Czy tylne drzwi są zamknięte?", "Jaka jutro pogoda",
        "Jest tu zdecydowanie za ciemno", "Puść jakiś jazz w kuchni", "Ustaw minutnik na dziesięć minut",
        "Opuść wszystkie rolety na górze", "Kto jest w domu", "Zrób o dwa stopnie cieplej",
        "Dodaj mleko do listy zakupów", "Pomiń tę piosenkę", "Przyciemnij lampę do trzydziestu procent",
        "Które okna są otwarte", "Odeślij odkurzacz do bazy", "Dobranoc, wyłącz wszystko", "Stop",
        "Głośniej",
    ),
    "pt": (
        "Apaga as luzes do corredor, por favor", "A porta das traseiras está trancada?",
        "Como vai estar o tempo amanhã", "Está muito escuro aqui", "Põe um pouco de jazz na cozinha",
        "Põe um temporizador de dez minutos", "Fecha todos os estores lá em cima",
        "Quem está em casa", "Aumenta o aquecimento dois graus", "Adiciona leite à lista de compras",
        "Passa esta música à frente", "Põe o candeeiro a trinta por cento",
        "Que janelas estão abertas", "Manda o aspirador para a base", "Boa noite, desliga tudo",
        "Para", "Mais alto",
    ),
    "ru": (
        "Выключи, пожалуйста, свет в коридоре", "Задняя дверь заперта?", "Какая завтра погода",
        "Здесь слишком темно", "Включи джаз на кухне", "Поставь таймер на десять минут",
        "Опусти все шторы наверху", "Кто дома", "Сделай на два градуса теплее",
        "Добавь молоко в список покупок", "Пропусти эту песню", "Приглуши лампу до тридцати процентов",
        "Какие окна открыты", "Отправь пылесос на базу", "Спокойной ночи, выключи всё", "Стоп",
    ),
    "zh-CN": (
        "请把走廊的灯关掉", "后门锁了吗", "明天天气怎么样", "这里太暗了", "在厨房放点爵士乐", "定一个十分钟的计时器",
        "把楼上的窗帘都拉上", "谁在家", "把温度调高两度", "把牛奶加到购物清单", "跳过这首歌", "把灯调到百分之三十",
        "哪些窗户开着", "让扫地机回去充电", "晚安，全部关掉", "停",
    ),
    "ja": (
        "廊下の電気を消してください", "裏口の鍵は閉まってる？", "明日の天気は", "ここは暗すぎる", "キッチンでジャズをかけて",
        "十分のタイマーをセットして", "二階のブラインドを全部閉めて", "誰が家にいる", "二度暖かくして",
        "牛乳を買い物リストに入れて", "この曲を飛ばして", "ランプを三十パーセントにして", "どの窓が開いてる",
        "掃除機を充電台に戻して", "おやすみ、全部消して", "止めて",
    ),
    "ko": (
        "복도 불 좀 꺼 줘", "뒷문 잠겨 있어?", "내일 날씨 어때", "여기 너무 어두워", "주방에서 재즈 틀어 줘",
        "십 분 타이머 맞춰 줘", "위층 블라인드 다 내려 줘", "집에 누구 있어", "이 도 더 따뜻하게 해 줘",
        "장보기 목록에 우유 추가해 줘", "이 노래 넘겨", "램프를 삼십 퍼센트로 해 줘", "어느 창문이 열려 있어",
        "청소기 충전대로 보내", "잘 자, 다 꺼 줘", "멈춰",
    ),
}  # fmt: skip
LATIN = ("en", "fr", "de", "es", "it", "nl", "pl", "pt")


async def answered_in(hass: HomeAssistant, text: str, pipeline: str) -> str:
    return await Languages().async_of(hass, "c", text, pipeline)


@pytest.mark.parametrize("language", SENTENCES)
async def test_pipelines_own_language_stays(hass: HomeAssistant, language: str) -> None:
    assert len(SENTENCES[language]) >= 15
    for text in SENTENCES[language]:
        assert await answered_in(hass, text, language) == language, text


@pytest.mark.parametrize("language", SENTENCES)
async def test_other_language_is_found_mostly_and_never_mistaken_for_a_third(
    hass: HomeAssistant, language: str
) -> None:
    found = []
    for pipeline in SENTENCES:
        if pipeline == language or {pipeline, language} == {"zh-CN", "ja"}:
            continue
        for text in SENTENCES[language]:
            taken = await answered_in(hass, text, pipeline)
            assert taken in (language, pipeline), (text, pipeline, taken)
            found.append(taken == language)
    assert sum(found) / len(found) > 0.7


@pytest.mark.parametrize("pipeline", ["sv", "da", "ca", "cs", "tr"])
async def test_pipeline_in_a_language_without_a_list_keeps_it(
    hass: HomeAssistant, pipeline: str
) -> None:
    """Norwegian or Catalan has words of ours, and nothing would speak for it."""
    for language in LATIN:
        for text in SENTENCES[language]:
            assert await answered_in(hass, text, pipeline) == pipeline


@pytest.mark.parametrize("tag", ["en-GB", "pt-BR", "de-CH", "fr-CA"])
async def test_regions_of_a_language_are_that_language(hass: HomeAssistant, tag: str) -> None:
    for text in SENTENCES[tag[:2]]:
        assert await answered_in(hass, text, tag) == tag


def test_words_are_as_sentences_are_compared() -> None:
    known = load()
    assert tuple(sorted(known)) == tuple(sorted(LATIN))
    for language, words in known.items():
        assert len(words) > 150
        assert all(words_of(word) == {word} for word in words), language
    assert guess(known, words_of("Allume la lampe"), "en") == "fr"
    assert guess(known, words_of("Lumos maxima"), "en") is None
    assert guess(known, words_of("Turn on la lampe du salon"), "en") == ""


@pytest.fixture
async def speaker(hass: HomeAssistant, home_entry: MockConfigEntry) -> Speaker:
    return await lights_and_switches(hass, home_entry)


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("Allume la lampe de la cuisine", "Allumé"),
        ("Mach bitte das Licht in der Küche an", "Licht eingeschaltet"),
        ("Enciende la luz de la cocina", "Encendido"),
        ("Turn on the light in the kitchen", "Turned on the light"),
    ],
)
async def test_english_pipeline_answers_in_the_language_of_the_sentence(
    speaker: Speaker, fake_model: FakeModel, text: str, reply: str
) -> None:
    fake_model.answers[text] = [call("light.turn_on", name="Counter")]
    assert speech(await speaker.say(text)) == reply


async def test_names_of_the_home_are_no_words_of_a_language(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    place(hass, "light.bed_light", name="Lampe du salon")
    fake_model.answers["Lampe du salon"] = [call("light.turn_on", name="Lampe du salon")]
    assert speech(await speaker.say("Lampe du salon")) == "Turned on the light"


async def test_yes_after_a_question_is_in_the_language_of_the_question(
    hass: HomeAssistant, home_entry: MockConfigEntry, fake_model: FakeModel
) -> None:
    await set_up_demo(hass, Platform.LOCK)
    place(hass, "lock.front_door")
    speaker = Speaker(hass, home_entry)
    fake_model.answers["Ouvre la porte d'entrée"] = [call("lock.open", name="Front Door")]
    asked = await speaker.say("Ouvre la porte d'entrée")
    assert speech(asked) == "Ouvrir Front Door ?"
    dropped = await speaker.say("non", conversation_id=asked.conversation_id)
    assert speech(dropped) == "D'accord"
    english = await speaker.say("and what is this", conversation_id=asked.conversation_id)
    assert speech(english).startswith("Sorry")
