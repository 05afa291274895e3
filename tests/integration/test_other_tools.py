"""A tool that somebody else offers lets nobody in either, before somebody has said yes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, override

import probatio
import pytest
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import llm
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry

from .conftest import expose
from .fake_model import FakeModel
from .house import Speaker, call, place, set_agent, set_up_demo, speech, state_of

FRONT = "lock.front_door"
BLIND = "cover.hall_window"


@pytest.fixture
def expected_lingering_timers() -> bool:
    """Demo blinds take their time."""
    return True


@pytest.fixture
async def speaker(
    hass: HomeAssistant, home_entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> Speaker:
    """A locked door and a blind; Assist's tools."""
    monkeypatch.setattr("homeassistant.components.demo.lock.LOCK_UNLOCK_DELAY", 0)
    await set_up_demo(hass, Platform.LOCK, Platform.COVER)
    place(hass, FRONT)
    place(hass, BLIND, "Hall", name="Blind")
    set_agent(hass, home_entry, llm_hass_api="assist", confirm=True)
    return Speaker(hass, home_entry)


class Remote(llm.Tool):
    """A tool that does nobody here knows what."""

    integration = "test"
    parameters = probatio.Schema({probatio.Optional("about"): str})

    def __init__(self, name: str, *, reads: bool = False) -> None:
        self.name = name
        self.annotations = llm.ToolAnnotations(read_only=reads)
        self.called = 0

    @override
    async def async_call(
        self, hass: HomeAssistant, tool_input: llm.ToolInput, llm_context: llm.LLMContext
    ) -> llm.ToolResult:
        self.called += 1
        return llm.ToolResult({"success": True})


class OtherAPI(llm.API):
    """An API of another integration."""

    tools: Sequence[llm.Tool] = ()

    @override
    async def async_get_api_instance(self, llm_context: llm.LLMContext) -> llm.APIInstance:
        return llm.APIInstance(self, "", llm_context, list(self.tools))


@pytest.mark.parametrize(
    ("name", "about", "reads", "question"),
    [
        ("UnlockEverything", None, False, "UnlockEverything: this may open something. Go ahead?"),
        ("door_open", None, False, "door_open: this may open something. Go ahead?"),
        ("set_thing", "front door", False, "Front Door: this may open something. Go ahead?"),
        ("set_thing", "Blind", False, None),
        ("set_thing", None, False, None),
        ("is_door_open", "Front Door", True, None),
    ],
)
async def test_unknown_tool_that_may_open_something_waits_for_a_yes(
    hass: HomeAssistant,
    speaker: Speaker,
    fake_model: FakeModel,
    home_entry: MockConfigEntry,
    name: str,
    about: str | None,
    reads: bool,
    question: str | None,
) -> None:
    tool = Remote(name, reads=reads)
    api = OtherAPI(hass=hass, id="other", name="Other")
    api.tools = [tool]
    llm.async_register_api(hass, api)
    set_agent(hass, home_entry, llm_hass_api="other")
    fake_model.answers["Zzz"] = [call(name, **({"about": about} if about else {}))]
    result = await speaker.say("Zzz")
    assert tool.called == (0 if question else 1)
    if question:
        assert speech(result) == question
        await speaker.say("yes", conversation_id=result.conversation_id)
        assert tool.called == 1


async def test_tool_for_an_action_of_a_lock_waits_for_a_yes(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel, home_entry: MockConfigEntry
) -> None:
    panel = "alarm_control_panel.house"
    hass.states.async_set(panel, "armed_away", {"friendly_name": "Alarm"})
    expose(hass, panel)
    disarm = Remote("alarm_control_panel__alarm_disarm")
    api = OtherAPI(hass=hass, id="other", name="Other")
    action = llm.ActionTool(hass, "script", "leave")
    action.name, action.parameters = "alarm_control_panel__alarm_disarm", disarm.parameters
    api.tools = [action]
    llm.async_register_api(hass, api)
    set_agent(hass, home_entry, llm_hass_api="other")
    fake_model.answers["Alarm off"] = [call(action.name)]
    asked = await speaker.say("Alarm off")
    assert speech(asked) == f"{action.name}: this may open something. Go ahead?"
    assert not speaker.services


async def test_tool_that_is_told_several_things_waits_for_a_yes_if_one_of_them_is_a_door(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel, home_entry: MockConfigEntry
) -> None:
    tool = Remote("set_things")
    tool.parameters = probatio.Schema({probatio.Optional("about"): [str]})
    api = OtherAPI(hass=hass, id="other", name="Other")
    api.tools = [tool]
    llm.async_register_api(hass, api)
    set_agent(hass, home_entry, llm_hass_api="other")
    fake_model.answers["Zzz"] = [call(tool.name, about=["Blind", "Front Door"])]
    asked = await speaker.say("Zzz")
    assert speech(asked) == "Front Door: this may open something. Go ahead?"
    assert tool.called == 0
    fake_model.answers["Blind"] = [call(tool.name, about=["Blind"])]
    await speaker.say("Blind")
    assert tool.called == 1


async def test_tool_of_several_apis_in_one_is_known_by_any_name(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel, home_entry: MockConfigEntry
) -> None:
    """An integration may offer Assist's tools together with its own, under longer names."""
    other = OtherAPI(hass=hass, id="other", name="Other")
    assist = next(api for api in llm.async_get_apis(hass) if api.id == "assist")
    merged = llm.MergedAPI([assist, other])
    llm.async_register_api(hass, merged)
    set_agent(hass, home_entry, llm_hass_api=merged.id)
    fake_model.answers["Open"] = [call("assist__intent__HassTurnOff", name="Front Door")]
    asked = await speaker.say("Open")
    assert speech(asked) == "Unlock Front Door?"
    assert state_of(hass, FRONT) == "locked"
    await speaker.say("yes", conversation_id=asked.conversation_id)
    assert state_of(hass, FRONT) == "unlocked"
    fake_model.answers["Lock"] = [call("assist__intent__HassTurnOn", name="Front Door")]
    assert not (await speaker.say("Lock")).continue_conversation
    assert state_of(hass, FRONT) == "locked"


# -- intents -------------------------------------------------------------------------------------

UNLOCK = {"action": "lock.unlock", "target": {"entity_id": FRONT}}
LOCK = {"action": "lock.lock", "target": {"entity_id": FRONT}}
#: As people write them in `intent_script`.
INTENTS: dict[str, dict[str, Any]] = {
    "Sesame": {"action": [UNLOCK], "speech": {"text": "Come in"}},
    "Night": {"action": [LOCK], "speech": {"text": "Sleep well"}},
    # Reads what it does from a script, where there are none.
    "Gone": {"action": [LOCK, {"if": "{{ false }}", "then": [{"action": "script.gone"}]}]},
    "Riddle": {"speech": {"text": "An egg has neither door nor lock"}},
}


@pytest.mark.parametrize(
    ("name", "question"),
    [("Sesame", "Unlock Front Door?"), ("Night", None), ("Gone", None), ("Riddle", None)],
)
async def test_intent_that_somebody_wrote_is_looked_into(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel, name: str, question: str | None
) -> None:
    assert await async_setup_component(hass, "intent_script", {"intent_script": INTENTS})
    fake_model.answers["Zzz"] = [call(f"intent_script__{name}")]
    result = await speaker.say("Zzz")
    assert result.continue_conversation is bool(question)
    if question:
        assert speech(result) == question
        assert state_of(hass, FRONT) == "locked"
        result = await speaker.say("yes", conversation_id=result.conversation_id)
        assert state_of(hass, FRONT) == "unlocked"
    assert speech(result) == INTENTS[name].get("speech", {"text": "Done"})["text"]


async def test_door_on_a_shopping_list_is_no_door_that_is_opened(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    """What Home Assistant's own intents do is known, whatever is named to them."""
    Path(hass.config.path(".storage")).mkdir(exist_ok=True)
    entry = MockConfigEntry(
        domain="local_todo", data={"todo_list_name": "Shopping", "storage_key": "shopping"}
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    place(hass, "todo.shopping")
    item = {"name": "Shopping", "item": "Front Door"}
    fake_model.answers["Add"] = [call("todo__HassListAddItem", **item)]
    assert not (await speaker.say("Add")).continue_conversation
    assert state_of(hass, "todo.shopping") == "1"
    assert state_of(hass, FRONT) == "locked"
