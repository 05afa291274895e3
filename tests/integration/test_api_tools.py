"""Any LLM API's tools can be called through our template and constraint."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any, override

import probatio
import pytest
from homeassistant.components import conversation
from homeassistant.components.conversation.chat_log import DATA_CHAT_LOGS
from homeassistant.const import Platform
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import llm
from homeassistant.helpers.intent import IntentResponseType
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.functiongemma.api_tools import ApiTools
from custom_components.functiongemma.core import tokens
from custom_components.functiongemma.core.calls import FunctionCall
from custom_components.functiongemma.core.constraint import Constraint, Free, Vocabulary
from custom_components.functiongemma.core.home import Home
from custom_components.functiongemma.exposure import async_build_home
from tests.core import tiny_gguf

from .fake_model import FakeModel
from .house import Speaker, call, names, place, set_agent, set_up_demo, speech


@pytest.fixture
async def speaker(hass: HomeAssistant, home_entry: MockConfigEntry) -> Speaker:
    """A house with a bit of everything, and Assist's own tools chosen in the options."""
    await set_up_demo(
        hass,
        Platform.LIGHT,
        Platform.COVER,
        Platform.CLIMATE,
        Platform.FAN,
        Platform.MEDIA_PLAYER,
        Platform.VACUUM,
        Platform.LOCK,
    )
    place(hass, "light.kitchen_lights", "Kitchen", name="Counter", floor="Ground floor")
    for entity_id in (
        "light.bed_light",
        "cover.hall_window",
        "climate.heatpump",
        "fan.living_room_fan",
        "vacuum.demo_vacuum_0_ground_floor",
    ):
        place(hass, entity_id, "Hall")
    place(hass, "media_player.walkman")
    place(hass, "lock.front_door")
    fields = {
        "type": {"description": "Which", "required": True, "selector": {"text": None}},
        "level": {"selector": {"number": {"min": 2, "max": 4}}},
        "rooms": {"selector": {"area": {"multiple": True}}},
        "colour": {"selector": {"color_rgb": None}},
        "mood": {"selector": {"select": {"options": ["calm", "wild"]}}},
        "extra": {"selector": {"object": None}},
    }
    script = {"alias": "Party", "description": "Starts a party", "fields": fields, "sequence": []}
    assert await async_setup_component(hass, "script", {"script": {"party": script}})
    place(hass, "script.party")
    set_agent(hass, home_entry, llm_hass_api="assist")
    await hass.services.async_call("light", "turn_off", {"entity_id": "all"}, blocking=True)
    await hass.async_block_till_done()
    return Speaker(hass, home_entry)


async def assist(hass: HomeAssistant) -> llm.APIInstance:
    context = llm.LLMContext("functiongemma", Context(), "en", "conversation", None)
    return await llm.async_get_api(hass, "assist", context)


# -- schemas and constraint ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def vocabulary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vocabulary]:
    """The tokenizer of a small model."""
    pytest.importorskip("llama_cpp", reason="tokenizes with llama.cpp")
    from custom_components.functiongemma.core.engine.engine import LlamaEngine

    engine = LlamaEngine(tiny_gguf.write(tmp_path_factory.mktemp("gguf") / "tiny.gguf"))
    yield engine.vocabulary
    engine.close()


def any_call(constraint: Constraint, source: random.Random) -> FunctionCall:
    """A random call, decoded token by token; free text is "red"."""
    state = constraint.start.advance(tokens.START_FUNCTION_CALL)
    text: list[int] = []
    while not state.calls:
        allowed = state.allowed()
        if isinstance(allowed, Free):
            text = text or [*constraint.vocabulary.tokenize("red"), tokens.ESCAPE]
            token = text.pop(0)
        else:
            token = int(source.choice(allowed.tolist()))
        state = state.advance(token)
    return state.calls[0]


async def test_every_tool_of_assist_can_be_called_with_arguments_it_accepts(
    hass: HomeAssistant, speaker: Speaker, vocabulary: Vocabulary
) -> None:
    api = await assist(hass)
    tools = ApiTools(api, async_build_home(hass, everything=True))
    assert {f.name for f in tools.functions} == {tool.name for tool in api.tools}
    assert len(tools.functions) > 15
    by_name = {tool.name: tool for tool in api.tools}
    source = random.Random(1)
    for function in tools.functions:
        constraint = Constraint(Home(), [function], vocabulary)
        for _ in range(5):
            made = tools.restore(any_call(constraint, source))
            assert made.name == function.name
            try:
                by_name[made.name].parameters(made.arguments)
            except probatio.Invalid as err:
                # Rules between arguments are not in a JSON schema; those of one argument are.
                assert not err.path, (made, err)


async def test_parameters_of_a_script_keep_their_names_and_limits(
    hass: HomeAssistant, speaker: Speaker, vocabulary: Vocabulary
) -> None:
    tools = ApiTools(await assist(hass), async_build_home(hass, everything=True))
    party = next(f for f in tools.functions if f.name.endswith("party"))
    parameters = {p.name: p for p in party.parameters}
    assert "type" not in parameters, "the official template would not show it"
    assert (parameters["level"].minimum, parameters["level"].maximum) == (2, 4)
    assert parameters["mood"].values == ("calm", "wild")
    assert parameters["rooms"].type == "ARRAY"
    source = random.Random(2)
    constraint = Constraint(Home(), [party], vocabulary)
    made = [tools.restore(any_call(constraint, source)).arguments for _ in range(20)]
    assert all("type" in arguments for arguments in made)
    assert any(arguments.get("mood") == "wild" for arguments in made)


async def test_names_and_areas_are_those_of_the_exposed_home(
    hass: HomeAssistant, speaker: Speaker
) -> None:
    tools = ApiTools(await assist(hass), async_build_home(hass, everything=True))
    turn_on = next(f for f in tools.functions if f.name.endswith("HassTurnOn"))
    values = {p.name: p.values for p in turn_on.parameters}
    assert set(values["area"]) == {"Kitchen", "Hall"}
    assert values["floor"] == ("Ground floor",)
    assert {"Counter", "Bed Light", "Party"} <= set(values["name"])
    assert "Ceiling Lights" not in values["name"], "it is not exposed"
    (domain,) = [p for p in turn_on.parameters if p.name == "domain"]
    assert domain.items is not None and "light" in domain.items.values
    assert "switch" not in domain.items.values, "no switch is exposed"


# -- sentences -----------------------------------------------------------------------------------


def tool(api: llm.APIInstance, ending: str) -> str:
    """The whole name of a tool; Home Assistant puts the domain in front of it."""
    (name,) = [tool.name for tool in api.tools if tool.name.endswith(ending)]
    return name


async def test_assists_tools_act_and_the_reply_is_in_its_words(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    turn_on = tool(await assist(hass), "HassTurnOn")
    fake_model.answers["Counter on"] = [call(turn_on, name="Counter")]
    result = await speaker.say("Counter on")
    assert hass.states.is_state("light.kitchen_lights", "on")
    assert speech(result) == "Turned on the light"
    assert "light.kitchen_lights" in names(result.response.success_results)
    assert result.response.response_type is IntentResponseType.ACTION_DONE
    assert speech(await speaker.say("Counter on", "fr")) == "Allumé"
    log = hass.data[DATA_CHAT_LOGS][result.conversation_id]
    assert [type(content).__name__ for content in log.content] == [
        "SystemContent",
        "UserContent",
        "AssistantContent",
        "ToolResultContent",
        "AssistantContent",
    ]
    assert f"declaration:{turn_on}" in fake_model.prompts[-1]
    assert "Counter" in fake_model.prompts[-1]


async def test_two_tools_in_a_sentence_are_both_called(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    api = await assist(hass)
    light_set = tool(api, "HassLightSet")
    turn_on = tool(api, "HassTurnOn")
    fake_model.answers["Both"] = [
        call(light_set, name="Bed Light", brightness=40),
        call(turn_on, name="Living Room Fan"),
    ]
    result = await speaker.say("Both")
    state = hass.states.get("light.bed_light")
    assert state is not None and state.attributes["brightness"] == 102
    assert hass.states.is_state("fan.living_room_fan", "on")
    assert speech(result) == "Brightness set. Turned on the fan."
    found = names(result.response.success_results)
    assert {"light.bed_light", "fan.living_room_fan"} <= set(found)


async def test_script_runs_with_its_fields(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    party = tool(await assist(hass), "party")
    tools = ApiTools(await assist(hass), async_build_home(hass, everything=True))
    function = next(f for f in tools.functions if f.name == party)
    renamed = next(p.name for p in function.parameters if p.required)
    fake_model.answers["Party"] = [FunctionCall(party, {renamed: "calm", "level": 3})]
    assert speech(await speaker.say("Party")) == "Done"
    name, data = next((n, d) for n, d in speaker.services if n == "script.party")
    assert data == {"type": "calm", "level": 3}, name


async def test_answer_of_a_tool_is_read_out(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    fake_model.answers["Time"] = [call(tool(await assist(hass), "GetDateTime"))]
    result = await speaker.say("Time")
    assert speech(result).startswith("20") and speech(result).endswith("day")
    assert result.response.response_type is IntentResponseType.QUERY_ANSWER


async def test_tool_that_fails_is_an_error(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    turn_on = tool(await assist(hass), "HassTurnOn")
    # Assist finds nothing: that name belongs to another area.
    fake_model.answers["Hm"] = [call(turn_on, name="Counter", area="Hall")]
    result = await speaker.say("Hm", "ko")
    assert result.response.response_type is IntentResponseType.ERROR
    assert speech(result) == "죄송합니다. 실행하지 못했습니다"


async def test_nothing_to_call_or_unsure_is_not_acted_upon(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    assert speech(await speaker.say("A joke")) == "Sorry, I could not work out what to do"
    turn_on = tool(await assist(hass), "HassTurnOn")
    fake_model.answers["Counter"] = [call(turn_on, name="Counter")]
    fake_model.confidence = 0.3
    assert speech(await speaker.say("Counter")) == "Sorry, I am not sure what you meant"
    assert not speaker.services


async def test_api_that_is_gone_is_said(
    hass: HomeAssistant, speaker: Speaker, home_entry: MockConfigEntry
) -> None:
    set_agent(hass, home_entry, llm_hass_api="gone")
    await hass.async_block_till_done()
    result = await speaker.say("Hello")
    assert result.response.response_type is IntentResponseType.ERROR
    assert speech(result) == "Error preparing LLM API"


# -- other people's tools ------------------------------------------------------------------------


class Odd(llm.Tool):
    """A tool whose parameters nothing can describe."""

    name = "odd"
    integration = "test"
    parameters = probatio.Schema({probatio.Optional("x"): lambda value: value})

    @override
    async def async_call(
        self, hass: HomeAssistant, tool_input: llm.ToolInput, llm_context: llm.LLMContext
    ) -> llm.ToolResult:
        raise HomeAssistantError("No")


class Weather(Odd):
    """A tool that answers with words."""

    name = "weather.ask"
    description = "Tells   the\n weather"
    parameters = probatio.Schema({})

    @override
    async def async_call(
        self, hass: HomeAssistant, tool_input: llm.ToolInput, llm_context: llm.LLMContext
    ) -> llm.ToolResult:
        return llm.ToolResult({"speech": {"plain": {"speech": "It is sunny. Is that all?"}}})


class Broken(Weather):
    """A tool with a mistake in it."""

    name = "broken"

    @override
    async def async_call(
        self, hass: HomeAssistant, tool_input: llm.ToolInput, llm_context: llm.LLMContext
    ) -> llm.ToolResult:
        raise ZeroDivisionError


class OtherAPI(llm.API):
    """An API of another integration."""

    @override
    async def async_get_api_instance(self, llm_context: llm.LLMContext) -> llm.APIInstance:
        return llm.APIInstance(self, "Be kind. " * 1000, llm_context, [Odd(), Weather(), Broken()])


async def test_any_integrations_tools_work_and_a_hopeless_one_is_left_out(
    hass: HomeAssistant, speaker: Speaker, home_entry: MockConfigEntry, fake_model: FakeModel
) -> None:
    llm.async_register_api(hass, OtherAPI(hass=hass, id="other", name="Other"))
    set_agent(hass, home_entry, llm_hass_api="other")
    await hass.async_block_till_done()
    fake_model.answers["Weather"] = [call("weather.ask")]
    result = await speaker.say("Weather")
    assert speech(result) == "It is sunny. Is that all?"
    assert result.continue_conversation
    prompt = fake_model.prompts[-1]
    assert "declaration:weather.ask{description:<escape>Tells the weather<escape>" in prompt
    assert len(prompt) < 6000, "a long prompt is cut"
    fake_model.answers["Two"] = [call("broken"), call("weather.ask")]
    result = await speaker.say("Two")
    assert speech(result) == "Sorry, that did not work. It is sunny. Is that all?"


@pytest.mark.parametrize(
    ("data", "spoken"),
    [
        ({"speech": "Hello"}, "Hello"),
        ({"success": True}, "Done"),
        ({"success": True, "result": "Fine"}, "Fine"),
        ({"date": "2026-11-21", "weekday": "Saturday"}, "2026-11-21, Saturday"),
        ({"result": "x" * 301}, "Done"),
        ({"result": "a: 1\nb: 2"}, "Done"),
        ({"result": {"deep": 1}}, "Done"),
        ({}, "Done"),
    ],
)
async def test_only_short_results_are_read_out(
    hass: HomeAssistant,
    speaker: Speaker,
    home_entry: MockConfigEntry,
    fake_model: FakeModel,
    monkeypatch: pytest.MonkeyPatch,
    data: dict[str, Any],
    spoken: str,
) -> None:
    async def answer(*_: Any) -> llm.ToolResult:
        return llm.ToolResult(data)

    monkeypatch.setattr(Weather, "async_call", answer)
    llm.async_register_api(hass, OtherAPI(hass=hass, id="other", name="Other"))
    set_agent(hass, home_entry, llm_hass_api="other")
    await hass.async_block_till_done()
    fake_model.answers["Ask"] = [call("weather.ask")]
    result: conversation.ConversationResult = await speaker.say("Ask")
    assert speech(result) == spoken
