"""Our own LLM API: the home functions as tools.

The conversation entity offers them to our model; registered, they can be picked for any other
agent as well. Tool calls go through Home Assistant's chat log, so Assist's debug view and traces
show them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, override

import voluptuous as vol
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import llm

from .const import DOMAIN, HOME_API
from .core.calls import FunctionCall
from .core.catalogue import functions_for
from .core.functions import Function, Parameter
from .core.prompt import DEVELOPER_TEXT
from .core.resolve import Where
from .execute import Outcome, Turn, async_execute
from .exposure import async_build_home, async_speaker_area
from .replies import async_get_replies

_NAME = "FunctionGemma home functions"


class HomeTool(llm.Tool):
    """One home function."""

    integration = DOMAIN

    def __init__(self, function: Function, turn: Turn, outcomes: list[Outcome]) -> None:
        """`outcomes`: what comes of the calls is appended there."""
        self.name = function.name
        self.description = function.description
        self.parameters = _schema(function)
        self._turn = turn
        self._outcomes = outcomes

    @override
    async def async_call(
        self, hass: HomeAssistant, tool_input: llm.ToolInput, llm_context: llm.LLMContext
    ) -> llm.ToolResult:
        """Carry the call out."""
        outcome = await async_execute(
            self._turn, FunctionCall(tool_input.tool_name, dict(tool_input.tool_args))
        )
        self._outcomes.append(outcome)
        data: dict[str, Any] = {"speech": outcome.speech}
        if outcome.done:
            data["entities"] = [entity.entity_id for entity in outcome.done]
        if outcome.failed:
            data["failed"] = [entity.entity_id for entity in outcome.failed]
        return llm.ToolResult(data, error=outcome.error is not None)


@dataclass(slots=True, kw_only=True)
class HomeAPI(llm.API):
    """The home functions that this home has a use for."""

    turn: Turn | None = None
    """The sentence that is being answered; None for agents that are not ours."""

    outcomes: list[Outcome] | None = None
    """Where to put what comes of the calls."""

    @override
    async def async_get_api_instance(self, llm_context: llm.LLMContext) -> llm.APIInstance:
        """The tools, and the listing as the prompt."""
        turn = self.turn or await _async_turn(self.hass, llm_context)
        outcomes = self.outcomes if self.outcomes is not None else []
        return llm.APIInstance(
            api=self,
            api_prompt=f"{DEVELOPER_TEXT}\n{turn.home.listing()}",
            llm_context=llm_context,
            tools=[HomeTool(f, turn, outcomes) for f in functions_for(turn.home)],
        )


@callback
def async_register(hass: HomeAssistant) -> Callable[[], None]:
    """Offer the home functions to every agent; returns the way to withdraw them."""
    return llm.async_register_api(hass, HomeAPI(hass=hass, id=HOME_API, name=_NAME))


async def _async_turn(hass: HomeAssistant, context: llm.LLMContext) -> Turn:
    language = context.language or hass.config.language
    area = async_speaker_area(hass, None, context.device_id)
    return Turn(
        hass,
        async_build_home(hass),
        Where(area, {state.entity_id: state.state for state in hass.states.async_all()}),
        await async_get_replies(hass, language),
        context.context,
        context.device_id,
    )


def _schema(function: Function) -> vol.Schema:
    """The function's arguments, for agents that read schemas."""
    fields: dict[Any, Any] = {}
    for target in function.targets if function.has_target else ():
        fields[vol.Optional(target)] = str
    for parameter in function.parameters:
        key = (vol.Required if parameter.required else vol.Optional)(parameter.name)
        fields[key] = _validator(parameter)
    return vol.Schema(fields)


def _validator(parameter: Parameter) -> Any:
    if parameter.type in ("INTEGER", "NUMBER"):
        number = int if parameter.type == "INTEGER" else float
        limits = vol.Range(min=parameter.minimum, max=parameter.maximum)
        return vol.All(vol.Coerce(number), limits)
    if parameter.values and parameter.option is None:
        return vol.In(parameter.values)
    return str
