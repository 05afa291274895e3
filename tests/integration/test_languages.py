"""Who speaks another of our languages than the pipeline is answered in it, and nobody else is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.functiongemma.languages import Languages, guess, load, words_of

from .fake_model import FakeModel
from .house import Speaker, call, lights_and_switches, place, set_up_demo, speech

#: What people say to a house; nothing of it was used for the lists of words.
SENTENCES: dict[str, list[str]] = json.loads(
    (Path(__file__).parent / "sentences.json").read_text(encoding="utf-8")
)
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
        ("Enciende la luz de la cocina", "Se ha activado la luz"),
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
    fake_model.answers["Ouvre la porte d'entrée"] = [call("lock.unlock", name="Front Door")]
    asked = await speaker.say("Ouvre la porte d'entrée")
    assert speech(asked) == "Déverrouiller Front Door ?"
    dropped = await speaker.say("non", conversation_id=asked.conversation_id)
    assert speech(dropped) == "D'accord"
    english = await speaker.say("and what is this", conversation_id=asked.conversation_id)
    assert speech(english).startswith("Sorry")
