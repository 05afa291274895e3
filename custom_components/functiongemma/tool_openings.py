"""What a tool of any LLM API would open, found out before it is called.

Home Assistant's own tools are asked what they are going to do: an intent names its devices and
stops there, a script is looked into. What other tools do is not known here. One that reads only is
called; any other needs a yes where its name speaks of opening, or where a lock, an alarm panel, a
way into the house or a valve is named to it.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import probatio
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import intent, llm

from .core.calls import FunctionCall
from .core.home import Entity
from .exposure import async_build_home
from .openings import ENTRANCES, UNSURE, Opened, key_of, opened_by_action, opened_by_sequence

#: Words in a tool's name that speak of opening.
_SPEAKS: Final = frozenset({"unlock", "unlatch", "disarm", "open"})
_WORD: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
#: Domains of which something can be open.
_GUARDED: Final = ("lock", "alarm_control_panel", "valve")
#: Intents that act on whatever has their action's name, by the action.
_ON_OFF: Final = ("turn_on", "turn_off", "toggle")


async def async_opened(
    hass: HomeAssistant, api: llm.APIInstance, calls: Sequence[FunctionCall]
) -> Opened:
    """What calls of an API's tools open, and which question is asked first."""
    tools = {tool.name: tool for tool in api.tools}
    found: Opened = {}
    for call in calls:
        if (tool := tools.get(call.name)) is not None:
            found |= await _opened(hass, tool, call.arguments, api.llm_context)
    return found


async def _opened(
    hass: HomeAssistant, tool: llm.Tool, arguments: Mapping[str, Any], context: llm.LLMContext
) -> Opened:
    while isinstance(tool, llm.NamespacedTool):
        tool = tool.tool
    name = tool.title or tool.name
    if tool.annotations.read_only:
        return {}
    if isinstance(tool, llm.IntentTool):
        handlers = {handler.intent_type: handler for handler in intent.async_get(hass)}
        handler = handlers.get(tool.intent_type)
        if isinstance(handler, intent.DynamicServiceIntentHandler) and _matches(handler):
            return await _by_service_intent(hass, tool, handler, arguments, context)
        action = (getattr(handler, "config", None) or {}).get("action")
        if (sequence := getattr(action, "sequence", None)) is not None:
            return opened_by_sequence(hass, sequence, name)
        if type(handler).__module__.startswith("homeassistant."):
            return {}  # lists, timers, questions, messages: all that opens is a service intent
    elif isinstance(tool, llm.ActionTool):
        domain, _, action = tool.name.partition("__")
        return opened_by_action(hass, domain, action, arguments, name)
    return _by_words(hass, tool, name, arguments)


def _matches(handler: intent.DynamicServiceIntentHandler) -> bool:
    """Whether it finds its devices as all service intents do, and does nothing before."""
    return type(handler).async_handle is intent.DynamicServiceIntentHandler.async_handle


async def _by_service_intent(
    hass: HomeAssistant,
    tool: llm.IntentTool,
    handler: intent.DynamicServiceIntentHandler,
    arguments: Mapping[str, Any],
    context: llm.LLMContext,
) -> Opened:
    """The intent's own search for its devices, up to where it would call an action for them."""
    matched: list[tuple[intent.Intent, State]] = []

    async def note(
        intent_obj: intent.Intent, result: intent.MatchTargetsResult, *_: Any
    ) -> intent.IntentResponse:
        matched.extend((intent_obj, state) for state in result.states)
        return intent_obj.create_response()

    rehearsed = copy.copy(handler)
    vars(rehearsed)["async_handle_states"] = note
    slots = _slots(hass, tool, arguments, context)
    said = intent.Intent(
        hass,
        context.platform,
        tool.intent_type,
        slots,
        None,
        context.context or intent.Context(),
        context.language or hass.config.language,
        assistant=context.assistant,
        device_id=context.device_id,
    )
    try:
        await rehearsed.async_handle(said)
    except (intent.IntentError, probatio.Invalid):
        return {}  # it will fail in the same way when it is called
    found: Opened = {}
    for intent_obj, state in matched:
        domain, action = handler.get_domain_and_service(intent_obj, state)
        position = (intent_obj.slots.get("position") or {}).get("value")
        if domain in (state.domain, "homeassistant"):
            if key := key_of(hass, state, action, position):
                found[state.entity_id] = key
            elif state.domain in ("script", "scene") and action in _ON_OFF:
                data = {"entity_id": state.entity_id}
                found |= opened_by_action(hass, state.domain, action, data, state.name)
    return found


def _slots(
    hass: HomeAssistant, tool: llm.IntentTool, arguments: Mapping[str, Any], context: llm.LLMContext
) -> dict[str, Any]:
    """The slots as the tool fills them."""
    slots = {
        key: {"value": value}
        for key, value in arguments.items()
        if not intent.is_blank_slot_value(value)
    }
    preferred = llm.async_get_match_preferences(hass, context)
    near = {
        "preferred_area_id": preferred.area_id,
        "preferred_floor_id": preferred.floor_id,
    }
    wanted = tool.extra_slots or ()
    return slots | {key: {"value": value} for key, value in near.items() if value and key in wanted}


def _by_words(
    hass: HomeAssistant, tool: llm.Tool, name: str, arguments: Mapping[str, Any]
) -> Opened:
    """A tool that nobody here knows."""
    said = {text.casefold() for text in _texts(arguments)}
    named = [
        entity
        for entity in async_build_home(hass, everything=True).entities
        if _is_guarded(entity)
        and not said.isdisjoint({entity.entity_id, *(n.casefold() for n in entity.names)})
    ]
    if named:
        return dict.fromkeys((entity.entity_id for entity in named), UNSURE)
    words = {word.lower() for word in _WORD.findall(tool.name)}
    return {} if words.isdisjoint(_SPEAKS) else {name: UNSURE}


def _is_guarded(entity: Entity) -> bool:
    return entity.domain in _GUARDED or (
        entity.domain == "cover" and entity.device_class in ENTRANCES
    )


def _texts(value: object) -> Iterator[str]:
    """All texts in an argument."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, Sequence):
        for inner in value:
            yield from _texts(inner)
