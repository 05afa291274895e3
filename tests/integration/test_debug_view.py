"""What Assist and its debug view show of a sentence, asked for as the frontend does."""

from __future__ import annotations

from typing import Any

import pytest
from homeassistant.components.conversation.chat_log import DATA_CHAT_LOGS
from homeassistant.components.conversation.trace import async_clear_traces, async_get_traces
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import (
    MockHAClientWebSocket,
    WebSocketGenerator,
)

from .fake_model import FakeModel
from .house import Speaker, call, lights_and_switches, state_of

type Event = dict[str, Any]


class Assist:
    """An assistant with our agent, and a browser."""

    def __init__(self, client: MockHAClientWebSocket, pipeline: str) -> None:
        self._client = client
        self.pipeline = pipeline

    async def run(self, text: str) -> list[Event]:
        """Type a sentence; returns what the browser is sent, to the end of the run."""
        stages = {"start_stage": "intent", "end_stage": "intent"}
        await self._send("run", **stages, input={"text": text}, pipeline=self.pipeline)
        assert (await self._client.receive_json())["success"]
        events: list[Event] = []
        while not events or events[-1]["type"] != "run-end":
            events.append((await self._client.receive_json())["event"])
        return events

    async def last_run(self) -> list[Event]:
        """The events of the latest run, as the debug view lists and fetches them."""
        await self._send("pipeline_debug/list", pipeline_id=self.pipeline)
        runs = (await self._client.receive_json())["result"]["pipeline_runs"]
        run = runs[-1]["pipeline_run_id"]
        await self._send("pipeline_debug/get", pipeline_id=self.pipeline, pipeline_run_id=run)
        events: list[Event] = (await self._client.receive_json())["result"]["events"]
        return events

    async def _send(self, command: str, **data: Any) -> None:
        await self._client.send_json_auto_id({"type": f"assist_pipeline/{command}", **data})


@pytest.fixture
async def speaker(hass: HomeAssistant, home_entry: MockConfigEntry) -> Speaker:
    return await lights_and_switches(hass, home_entry)


@pytest.fixture
async def assist(
    hass: HomeAssistant, speaker: Speaker, hass_ws_client: WebSocketGenerator
) -> Assist:
    assert await async_setup_component(hass, "assist_pipeline", {})
    client = await hass_ws_client(hass)
    settings = {
        **{"name": "Home", "language": "en", "prefer_local_intents": False},
        **{"conversation_engine": speaker.agent_id, "conversation_language": "*"},
        **dict.fromkeys(("stt_engine", "stt_language", "tts_engine", "tts_language")),
        **dict.fromkeys(("tts_voice", "wake_word_entity", "wake_word_id")),
    }
    await client.send_json_auto_id({"type": "assist_pipeline/pipeline/create", **settings})
    return Assist(client, (await client.receive_json())["result"]["id"])


def of(events: list[Event], kind: str) -> list[Any]:
    """The data of the events of a kind."""
    return [event["data"] for event in events if event["type"] == kind]


def deltas(events: list[Event]) -> list[Any]:
    """What was told on the way."""
    return [data["chat_log_delta"] for data in of(events, "intent-progress")]


async def test_run_in_the_debug_view_shows_confidence_calls_and_what_came_of_them(
    hass: HomeAssistant, assist: Assist, fake_model: FakeModel, speaker: Speaker
) -> None:
    ceiling = call("light.turn_on", name="Ceiling", brightness_pct=40)
    fake_model.weighed["Light"] = [([ceiling], 0.9), ([call("light.turn_on")], 0.06), ([], 0.04)]
    async_clear_traces()
    sent = await assist.run("Light")
    assert state_of(hass, "light.ceiling_lights") == "on"
    events = await assist.last_run()
    # The view of yesterday's runs shows what was seen live.
    assert events == sent

    (start,) = of(events, "intent-start")
    assert (start["engine"], start["intent_input"]) == (speaker.agent_id, "Light")
    considered, called, answered = deltas(events)
    assert considered == {
        "role": "assistant",
        "thinking_content": "**90 %**\n\n"
        "- 90 % `light.turn_on(name: Ceiling, brightness_pct: 40)`\n"
        "- 6 % `light.turn_on()`\n"
        "- 4 % –",
    }
    (made,) = called["tool_calls"]
    assert made["tool_name"] == "light.turn_on"
    assert made["tool_args"] == {"name": "Ceiling", "brightness_pct": 40}
    assert (answered["role"], answered["tool_call_id"]) == ("tool_result", made["id"])
    assert answered["result"]["data"]["entities"] == ["light.ceiling_lights"]

    (end,) = of(events, "intent-end")
    assert not end["processed_locally"]
    response = end["intent_output"]["response"]
    assert response["speech"]["plain"]["speech"] == "Brightness set"
    assert response["response_type"] == "action_done"
    assert [target["id"] for target in response["data"]["success"]] == ["light.ceiling_lights"]

    (trace,) = [trace.as_dict() for trace in async_get_traces()]
    details = [event["data"] for event in trace["events"] if event["event_type"] == "agent_detail"]
    assert details[-1]["confidence"] == 0.9
    assert details[-1]["calls"][0]["done"] == ["light.ceiling_lights"]


async def test_debug_view_tells_how_unsure_it_was(assist: Assist, fake_model: FakeModel) -> None:
    fake_model.weighed["Hm"] = [([call("light.turn_on", name="Ceiling")], 0.3), ([], 0.28)]
    await assist.run("Hm")
    events = await assist.last_run()
    (considered,) = deltas(events)
    assert considered["thinking_content"].startswith("**30 %**\n\n- 30 % `light.turn_on(")
    (end,) = of(events, "intent-end")
    assert end["intent_output"]["response"]["response_type"] == "error"


async def test_what_was_considered_stays_out_of_the_conversation(
    hass: HomeAssistant, assist: Assist, fake_model: FakeModel
) -> None:
    """A fallback agent reads the conversation, and would take it for what it thought itself."""
    fake_model.answers["Light"] = [call("light.turn_on", name="Ceiling")]
    await assist.run("Light")
    (log,) = hass.data[DATA_CHAT_LOGS].values()
    assert all(getattr(content, "thinking_content", None) is None for content in log.content)
