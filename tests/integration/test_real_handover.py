"""What is no command goes to the fallback agent: with the real model."""

from __future__ import annotations

import pytest
from homeassistant.components import conversation
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.functiongemma.const import CONF_FALLBACK_AGENT

from .house import set_agent, speech
from .real_house import BED, CEILING, COUNTER, ISLAND, house_of_lamps, lit
from .test_handover import Other

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("patient")]


@pytest.mark.parametrize(
    ("language", "talk", "more", "command"),
    [
        (
            "en",
            "Tell me a joke about penguins",
            "Who wrote Hamlet?",
            "Turn on the kitchen lights",
        ),
        (
            "fr",
            "Raconte-moi une blague de pingouins",
            "Qui a écrit Hamlet ?",
            "Allume les lumières de la cuisine",
        ),
        (
            "de",
            "Erzähl mir einen Witz über Pinguine",
            "Wer hat Hamlet geschrieben?",
            "Mach das Licht in der Küche an",
        ),
    ],
)
async def test_fallback_agent_answers_in_one_conversation_and_commands_stay_ours(
    hass: HomeAssistant,
    real_entry: MockConfigEntry,
    language: str,
    talk: str,
    more: str,
    command: str,
) -> None:
    resident = await house_of_lamps(hass, real_entry, language)
    other = Other()
    await hass.data[conversation.DATA_COMPONENT].async_add_entities([other])
    set_agent(hass, real_entry, **{CONF_FALLBACK_AGENT: other.entity_id})

    said = await resident.say(talk, language)
    assert speech(said) == "A joke, then"
    again = await resident.say(more, language, conversation_id=said.conversation_id)
    assert speech(again) == "A joke, then"
    assert again.conversation_id == said.conversation_id
    assert [given.text for given in other.inputs] == [talk, more]
    assert [given.language for given in other.inputs] == [language] * 2
    assert [given.conversation_id for given in other.inputs] == [said.conversation_id] * 2
    assert other.roles == [["system", "user"], ["system", "user", "assistant", "user"]]
    assert not lit(hass)

    done = await resident.say(command, language, conversation_id=said.conversation_id)
    assert len(other.inputs) == 2, speech(done)
    assert lit(hass) == {CEILING, COUNTER, ISLAND}
    assert BED not in lit(hass)
