"""With the tools of another LLM API, too, nobody is let in before somebody has said yes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.functiongemma.core.calls import FunctionCall

from .fake_model import FakeModel
from .house import Speaker, call, place, set_agent, set_up_demo, speech, state_of

FRONT = "lock.front_door"
GARAGE = "cover.garage_door"
BLIND = "cover.hall_window"
VALVE = "valve.orchard"
ON, OFF, POSITION = (f"intent__Hass{name}" for name in ("TurnOn", "TurnOff", "SetPosition"))

UNLOCK = {"action": "lock.unlock", "target": {"entity_id": FRONT}}
SCRIPTS: dict[str, dict[str, Any]] = {
    "arrive": {"alias": "Arrive", "sequence": [{"if": "{{ true }}", "then": [UNLOCK]}]},
    "visit": {"alias": "Visit", "sequence": [{"action": "script.arrive"}]},
    "any": {
        "alias": "Any door",
        "fields": {"door": {"selector": {"text": None}}},
        "sequence": [{"action": "lock.unlock", "target": {"entity_id": "{{ door }}"}}],
    },
    "hall": {
        "alias": "Hall",
        "sequence": [{"action": "cover.open_cover", "target": {"area_id": "hall"}}],
    },
    "leave": {
        "alias": "Leave",
        "sequence": [
            {"action": "lock.lock", "target": {"entity_id": FRONT}},
            {"action": "cover.open_cover", "target": {"entity_id": BLIND}},
            {"event": "left"},
        ],
    },
}


@pytest.fixture
def expected_lingering_timers() -> bool:
    """Demo blinds take their time."""
    return True


@pytest.fixture
async def speaker(
    hass: HomeAssistant, home_entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> Speaker:
    """A locked door, a closed garage and valve, a blind; Assist's tools, and scripts."""
    monkeypatch.setattr("homeassistant.components.demo.lock.LOCK_UNLOCK_DELAY", 0)
    monkeypatch.setattr("homeassistant.components.demo.valve.OPEN_CLOSE_DELAY", 0)
    await set_up_demo(hass, Platform.LOCK, Platform.COVER, Platform.VALVE)
    place(hass, FRONT)
    place(hass, GARAGE, "Hall", name="Garage")
    place(hass, BLIND, "Hall", name="Blind")
    place(hass, VALVE, "Garden", name="Sprinkler")
    for action, entity_id in [
        ("lock.lock", FRONT), ("cover.close_cover", GARAGE), ("valve.close_valve", VALVE),
    ]:  # fmt: skip
        domain, _, name = action.partition(".")
        await hass.services.async_call(domain, name, {"entity_id": entity_id}, blocking=True)
    assert await async_setup_component(hass, "script", {"script": SCRIPTS})
    for name in SCRIPTS:
        place(hass, f"script.{name}")
    scene = {"name": "Party", "entities": {FRONT: "unlocked", BLIND: "open", GARAGE: "open"}}
    assert await async_setup_component(hass, "scene", {"scene": [scene]})
    await hass.async_block_till_done()
    place(hass, "scene.party")
    set_agent(hass, home_entry, llm_hass_api="assist", confirm=True)
    return Speaker(hass, home_entry)


@pytest.mark.parametrize(
    ("made", "question", "opens"),
    [
        ([call(OFF, name="Front Door")], "Unlock Front Door?", FRONT),
        ([call(ON, area="Garden", domain=["valve"])], "Open Sprinkler?", VALVE),
        ([call(ON, name="Garage")], "Open Garage?", GARAGE),
        ([call(ON, area="Hall", domain=["cover"])], "Open Garage?", GARAGE),
        ([call(POSITION, name="Garage", position=50)], "Open Garage?", GARAGE),
        ([call(ON, name="Sprinkler")], "Open Sprinkler?", VALVE),
        (
            [call(ON, name="Sprinkler"), call(OFF, name="Front Door")],
            "Open Sprinkler? Unlock Front Door?",
            FRONT,
        ),
        ([call("script__arrive")], "Unlock Front Door?", FRONT),
        ([call("script__visit")], "Unlock Front Door?", FRONT),
        ([call("script__hall")], "Open Garage?", GARAGE),
        ([call(ON, name="Arrive")], "Unlock Front Door?", FRONT),
        ([call(ON, name="Party")], "Unlock Front Door? Open Garage?", FRONT),
        (
            [call("script__any", door=FRONT)],
            "Any door: this may open something. Go ahead?",
            FRONT,
        ),
    ],
)
async def test_assists_tools_open_after_a_yes_only(
    hass: HomeAssistant,
    speaker: Speaker,
    fake_model: FakeModel,
    made: Sequence[FunctionCall],
    question: str,
    opens: str,
) -> None:
    fake_model.answers["Zzz"] = made
    before = state_of(hass, opens)
    asked = await speaker.say("Zzz")
    assert speech(asked) == question
    assert asked.continue_conversation
    assert not speaker.services
    assert state_of(hass, opens) == before
    done = await speaker.say("Yes, please", conversation_id=asked.conversation_id)
    assert not done.continue_conversation
    targets = [f"{data.get('entity_id')} {data.get('area_id')}" for _, data in speaker.services]
    assert any(opens in target or "hall" in target for target in targets), targets
    assert fake_model.sentences == ["Zzz"], "yes is no sentence for the model"


@pytest.mark.parametrize(
    "made",
    [
        call(ON, name="Front Door"),
        call(OFF, name="Garage"),
        call(ON, name="Blind"),
        call(POSITION, name="Garage", position=0),
        call("script__leave"),
        call(ON, name="Leave"),
        call("homeassistant__GetLiveContext"),
    ],
)
async def test_closing_blinds_and_harmless_scripts_are_not_asked_about(
    speaker: Speaker, fake_model: FakeModel, made: FunctionCall
) -> None:
    fake_model.answers["Zzz"] = [made]
    assert not (await speaker.say("Zzz")).continue_conversation
    assert speaker.services or made.name.endswith("GetLiveContext")


async def test_no_leaves_it_locked_and_the_question_is_in_the_sentences_language(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    fake_model.answers["Ouvre"] = [call(OFF, name="Front Door")]
    asked = await speaker.say("Ouvre", "fr")
    assert speech(asked) == "Déverrouiller Front Door ?"
    await speaker.say("Non merci", "fr", conversation_id=asked.conversation_id)
    await speaker.say("Oui", "fr", conversation_id=asked.conversation_id)
    assert not speaker.services


async def test_pin_is_asked_for_and_kept_out_of_the_model(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel, home_entry: MockConfigEntry
) -> None:
    set_agent(hass, home_entry, pin="4071")
    fake_model.answers["Open"] = [call(OFF, name="Front Door")]
    asked = await speaker.say("Open")
    assert speech(asked) == "Unlock Front Door? What is the PIN?"
    for wrong in ("yes", "1234"):
        again = await speaker.say(wrong, conversation_id=asked.conversation_id)
        assert again.continue_conversation
    assert state_of(hass, FRONT) == "locked"
    await speaker.say("four zero seven one", conversation_id=asked.conversation_id)
    assert state_of(hass, FRONT) == "unlocked"
    assert fake_model.sentences == ["Open"]


async def test_with_the_option_off_it_opens_at_once(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel, home_entry: MockConfigEntry
) -> None:
    set_agent(hass, home_entry, confirm=False)
    fake_model.answers["Open"] = [call(OFF, name="Front Door")]
    assert not (await speaker.say("Open")).continue_conversation
    assert state_of(hass, FRONT) == "unlocked"


async def test_yes_is_for_what_was_named_and_for_nothing_that_came_later(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    fake_model.answers["Open"] = [call(ON, area="Garden", domain=["valve"])]
    asked = await speaker.say("Open")
    assert speech(asked) == "Open Sprinkler?"
    trees = {"entity_id": "valve.trees"}
    await hass.services.async_call("valve", "close_valve", trees, blocking=True)
    place(hass, "valve.trees", "Garden", name="Trees")
    speaker.services.clear()
    again = await speaker.say("yes", conversation_id=asked.conversation_id)
    assert speech(again) == "Open Sprinkler and Trees?"
    assert not speaker.services
    await speaker.say("yes", conversation_id=asked.conversation_id)
    assert state_of(hass, VALVE) == "open"


async def test_dry_run_tells_that_it_would_be_asked(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    fake_model.answers["Open"] = [call(OFF, name="Front Door")]
    data = {"text": "Open", "execute": False, "language": "en"}
    response: Any = await hass.services.async_call(
        "functiongemma", "ask", data, blocking=True, return_response=True
    )
    assert response["confirmation"] == "Unlock Front Door?"
    assert response["decision"] == "ask"
    assert response["reply"] is None
    assert state_of(hass, FRONT) == "locked"


@pytest.mark.parametrize(
    ("made", "question"),
    [
        (call("script.turn_on", name="Arrive"), "Unlock Front Door?"),
        (call("scene.turn_on", name="Party"), "Unlock Front Door? Open Garage?"),
        (call("script.turn_on", name="Leave"), None),
    ],
)
async def test_home_functions_look_into_scripts_and_scenes_too(
    hass: HomeAssistant,
    speaker: Speaker,
    fake_model: FakeModel,
    home_entry: MockConfigEntry,
    made: FunctionCall,
    question: str | None,
) -> None:
    set_agent(hass, home_entry, llm_hass_api="functiongemma")
    fake_model.answers["Zzz"] = [made]
    result = await speaker.say("Zzz")
    assert result.continue_conversation is bool(question)
    assert bool(speaker.services) is not bool(question)
    if question:
        assert speech(result) == question
        await speaker.say("yes", conversation_id=result.conversation_id)
        assert state_of(hass, FRONT) == "unlocked"
