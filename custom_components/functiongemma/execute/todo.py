"""Reading a to-do list aloud."""

from __future__ import annotations

from homeassistant.const import ATTR_ENTITY_ID

from ..core.resolve import Action
from .turn import Outcome, Turn

#: More items than this are not read out.
_MOST_READ = 10


async def async_read(turn: Turn, action: Action) -> Outcome:
    """The open items of one list."""
    entity = action.entities[0]
    domain, _, service = action.service.partition(".")
    response = await turn.hass.services.async_call(
        domain,
        service,
        {**action.data, ATTR_ENTITY_ID: entity.entity_id},
        blocking=True,
        context=turn.context,
        return_response=True,
    )
    found = (response or {}).get(entity.entity_id)
    items = found.get("items", []) if isinstance(found, dict) else []
    names = [str(item["summary"]) for item in items if isinstance(item, dict)]
    if not names:
        return Outcome(turn.replies.say("list_empty", name=entity.name), (entity,))
    listed = ", ".join(names[:_MOST_READ])
    return Outcome(turn.replies.say("state", name=entity.name, value=listed), (entity,))
