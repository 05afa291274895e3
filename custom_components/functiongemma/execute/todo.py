"""To-do lists: reading one aloud, and changing an item by the name people say."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from homeassistant.const import ATTR_ENTITY_ID, STATE_UNAVAILABLE
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.intent import IntentResponseErrorCode

from ..core.calls import FunctionCall
from ..core.home import Entity
from ..core.resolve import Action
from .actions import async_act_each
from .turn import Outcome, Turn

#: More items than this are not read out.
_MOST_READ: Final = 10


async def async_read(turn: Turn, action: Action) -> Outcome:
    """The open items of one list."""
    entity = action.entities[0]
    names = await _async_items(turn, entity, "needs_action")
    if not names:
        return Outcome(turn.replies.say("list_empty", name=entity.name), (entity,), answer=True)
    listed = turn.replies.names(names[:_MOST_READ], "and")
    text = turn.replies.say("state", name=entity.name, value=listed)
    return Outcome(text, (entity,), answer=True)


async def async_change(turn: Turn, action: Action) -> Outcome:
    """Check off or remove an item, whatever capitals it is written in."""
    entity = action.entities[0]
    said = str(action.data["item"])
    items = await _async_items(turn, entity, *_WORTH_CHANGING[action.function.name])
    item = next((i for i in items if i == said), None) or next(
        (i for i in items if i.casefold() == said.casefold()), None
    )
    if item is None:
        text = turn.replies.say("no_item", item=said, name=entity.name)
        return Outcome(text, error=IntentResponseErrorCode.NO_VALID_TARGETS)
    call = FunctionCall(action.call.name, {**action.call.arguments, "item": item})
    action = replace(action, call=call, entities=(entity,))
    return await async_act_each(turn, action, {entity.entity_id: {**action.data, "item": item}})


#: Items that are still to do can be checked off; any can be removed.
_WORTH_CHANGING: Final[dict[str, tuple[str, ...]]] = {
    "todo.complete_item": ("needs_action",),
    "todo.remove_item": ("needs_action", "completed"),
}


async def _async_items(turn: Turn, entity: Entity, *status: str) -> list[str]:
    """Names of the list's items; raises HomeAssistantError when the list cannot be read.

    Home Assistant answers for a list that is unavailable as if it were empty.
    """
    if turn.hass.states.is_state(entity.entity_id, STATE_UNAVAILABLE):
        raise HomeAssistantError(f"{entity.entity_id} is unavailable")
    data: dict[str, Any] = {ATTR_ENTITY_ID: entity.entity_id, "status": list(status)}
    response = await turn.hass.services.async_call(
        "todo", "get_items", data, blocking=True, context=turn.context, return_response=True
    )
    found = (response or {}).get(entity.entity_id)
    items = found.get("items") if isinstance(found, dict) else None
    rows = items if isinstance(items, list) else []
    return [str(row["summary"]) for row in rows if isinstance(row, dict) and "summary" in row]
