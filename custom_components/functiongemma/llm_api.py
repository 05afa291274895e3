"""Our own LLM API: the home functions as tools.

The conversation entity offers them to our model; registered, they can be picked for any other
agent as well. Tool calls go through Home Assistant's chat log, so Assist's debug view and traces
show them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, override

import probatio
from homeassistant.const import EVENT_CORE_CONFIG_UPDATE
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import llm
from homeassistant.helpers.translation import async_get_translations

from .const import DOMAIN, HOME_API
from .core.calls import FunctionCall
from .core.catalogue import FUNCTIONS, functions_for
from .core.functions import Function, Parameter
from .core.home import Home
from .core.prompt import DEVELOPER_TEXT
from .core.resolve import Where
from .execute import Outcome, Turn, async_execute, spoken_timers
from .exposure import async_build_home, async_keep_home, async_speaker_area
from .replies import async_get_replies

#: Its name in Home Assistant's translations; not one of the options of a selector, because agents
#: of other integrations show it too, as it is.
_NAME: Final = f"component.{DOMAIN}.common.home_functions"
#: Functions that tell something and change nothing.
_READ_ONLY: Final = (
    "state.",
    "sensor.",
    "weather.",
    "calendar.",
    "clock.",
    "home.",
    "timer.status",
)

#: The sentence our own agent is answering. Not held by the tools, because Home Assistant keeps
#: those of a conversation's first sentence for all its sentences (from 2026.11).
CURRENT_TURN: ContextVar[Turn | None] = ContextVar(f"{DOMAIN}_turn", default=None)


class HomeTool(llm.Tool):
    """One home function."""

    integration = DOMAIN

    def __init__(self, function: Function) -> None:
        """A tool for the function, of the same name."""
        self.name = function.name
        self.description = function.description
        self.parameters = _schema(function)
        self.annotations = llm.ToolAnnotations(
            read_only=function.name.startswith(_READ_ONLY),
            destructive=False,
            open_world=False,
        )

    @override
    async def async_call(
        self, hass: HomeAssistant, tool_input: llm.ToolInput, llm_context: llm.LLMContext
    ) -> llm.ToolResult:
        """Carry the call out; raises probatio.Invalid when the arguments are wrong."""
        turn = CURRENT_TURN.get() or await async_turn(
            hass,
            llm_context.language,
            async_speaker_area(hass, None, llm_context.device_id),
            llm_context,
        )
        arguments = self.parameters(dict(tool_input.tool_args))
        outcome = await async_execute(turn, FunctionCall(self.name, arguments))
        turn.outcomes[tool_input.id] = outcome
        return llm.ToolResult(_data(outcome), error=outcome.error is not None)


def _data(outcome: Outcome) -> dict[str, Any]:
    data: dict[str, Any] = {"speech": outcome.speech}
    if outcome.done:
        data["entities"] = [entity.entity_id for entity in outcome.done]
    if outcome.failed:
        data["failed"] = [entity.entity_id for entity in outcome.failed]
    return data


@dataclass(slots=True, kw_only=True)
class HomeAPI(llm.API):
    """The home functions that this home has a use for."""

    @override
    async def async_get_api_instance(self, llm_context: llm.LLMContext) -> llm.APIInstance:
        """The tools, and the listing as the prompt."""
        turn = CURRENT_TURN.get()
        home = turn.home if turn else async_build_home(self.hass)
        return llm.APIInstance(
            api=self,
            api_prompt=f"{DEVELOPER_TEXT}\n{home.listing()}",
            llm_context=llm_context,
            tools=tools_for(home),
        )


def tools_for(home: Home) -> list[llm.Tool]:
    """The tools that this home has a use for."""
    return [HomeTool(function) for function in functions_for(home)]


async def async_name(hass: HomeAssistant) -> str:
    """What our API is called, in Home Assistant's language."""
    texts = await async_get_translations(hass, hass.config.language, "common", [DOMAIN])
    return texts[_NAME]


@callback
def async_register(hass: HomeAssistant, name: str) -> Callable[[], None]:
    """Offer the home functions to every agent; returns the way to withdraw them."""
    let_go = async_keep_home(hass)
    hush = spoken_timers.async_listen(hass)
    api = HomeAPI(hass=hass, id=HOME_API, name=name)
    unregister = llm.async_register_api(hass, api)

    async def rename(event: Event[Mapping[str, Any]]) -> None:
        if "language" in event.data:
            api.name = await async_name(hass)

    stop_renaming = hass.bus.async_listen(EVENT_CORE_CONFIG_UPDATE, rename)

    @callback
    def withdraw() -> None:
        stop_renaming()
        unregister()
        hush()
        let_go()

    return withdraw


async def async_turn(
    hass: HomeAssistant,
    language: str | None,
    area: str | None,
    context: llm.LLMContext,
    said: str = "",
) -> Turn:
    """The surroundings of a sentence that is spoken now; `area`: the speaker's, by name."""
    states = hass.states.async_all(_WITH_STATES)
    return Turn(
        hass,
        async_build_home(hass),
        Where(
            area,
            {state.entity_id: state.state for state in states},
            {state.entity_id: state.last_changed_timestamp for state in states},
            said,
        ),
        await async_get_replies(hass, language or hass.config.language),
        context.context,
        context.device_id,
    )


#: Domains in which the state decides which device is meant.
_WITH_STATES: Final = {d for function in FUNCTIONS if function.prefers for d in function.domains}


@cache
def _schema(function: Function) -> probatio.Schema:
    """The function's arguments, for agents that read schemas."""
    fields: dict[Any, Any] = {}
    if function.has_target:
        fields = {probatio.Optional(target): str for target in function.targets}
        # Models that were not trained by us answer with what they know from elsewhere.
        fields[probatio.Optional("entity_id")] = probatio.Any(str, [str])
    for parameter in function.parameters:
        key = probatio.Required if parameter.required else probatio.Optional
        fields[key(parameter.name)] = _validator(parameter)
    return probatio.Schema(fields)


def _validator(parameter: Parameter) -> Any:
    if parameter.type in ("INTEGER", "NUMBER"):
        number = int if parameter.type == "INTEGER" else float
        limits = probatio.Range(min=parameter.minimum, max=parameter.maximum)
        return probatio.All(probatio.Coerce(number), limits)
    if parameter.values and parameter.option is None:
        return probatio.In(parameter.values)
    return str
