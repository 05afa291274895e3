"""The tools of any LLM API, for our template and constraint."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import probatio
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import intent, llm

from .const import LOGGER
from .core.calls import FunctionCall
from .core.functions import Function
from .core.home import Entity, Home
from .core.schemas import Names, restore_names
from .core.tools import function_from_tool
from .execute import Outcome
from .execute.speech import candidates_for
from .replies import Replies

#: An API's prompt beyond this many characters is cut: a 270M model gains nothing from more.
_MOST_PROMPT: Final = 4000
#: A result longer than this is no sentence; characters.
_MOST_SPOKEN: Final = 300


async def async_guarded(api: llm.APIInstance, tool_input: llm.ToolInput) -> llm.ToolResult:
    """Call a tool; whatever it raises must not take the sentence's other calls with it.

    Raises only what the chat log takes for a failed call.
    """
    try:
        return await api.async_call_tool(tool_input)
    except (HomeAssistantError, probatio.Invalid):
        raise
    except Exception as err:
        LOGGER.exception(
            "The tool %s failed. Please report this to the integration that offers it",
            tool_input.tool_name,
        )
        raise HomeAssistantError(f"{tool_input.tool_name} failed: {err}") from err


class ApiTools:
    """One API instance as functions, and the way back."""

    def __init__(self, api: llm.APIInstance, home: Home) -> None:
        """`home` lends its names to parameters called `name`, `area` and `floor`."""
        self.prompt = api.api_prompt[:_MOST_PROMPT]
        #: The API's own prompt lists what it wants listed.
        self.home = Home()
        self._tools = {tool.name: tool for tool in api.tools}
        self._names: dict[str, Names] = {}
        functions: list[Function] = []
        for tool in api.tools:
            try:
                schema: dict[str, Any] = probatio.to_openapi(
                    tool.parameters, custom_serializer=api.custom_serializer
                )
            except Exception:
                # Any integration may offer a tool; one that cannot be described is left out.
                LOGGER.exception(
                    "The parameters of the tool %s cannot be described, so it is not called. "
                    "Please report this to the integration that offers it",
                    tool.name,
                )
                continue
            schema = _narrowed(schema, sorted(home.domains))
            function, names = function_from_tool(tool.name, tool.description or "", schema, home)
            functions.append(function)
            self._names[tool.name] = names
        self.functions = tuple(functions)

    def restore(self, call: FunctionCall) -> FunctionCall:
        """A call in the tool's own words."""
        return FunctionCall(call.name, restore_names(call.arguments, self._names[call.name]))

    def outcome(
        self, hass: HomeAssistant, call: FunctionCall, result: llm.ToolResult, replies: Replies
    ) -> Outcome:
        """What a tool's result says to a person."""
        data = result.data
        if result.error:
            LOGGER.warning(
                "The tool %s refused a call: %s. See with the action functiongemma.ask what it was "
                "called with",
                call.name,
                data,
            )
            text = replies.say("error")
            return Outcome(text, error=intent.IntentResponseErrorCode.FAILED_TO_HANDLE)
        if isinstance(data, llm.IntentResponseDict) and hasattr(data, "original"):
            return self._intent_outcome(hass, call, data.original, replies)
        spoken = _words(data)
        return Outcome(spoken or replies.say("done"), answer=spoken is not None)

    def _intent_outcome(
        self,
        hass: HomeAssistant,
        call: FunctionCall,
        response: intent.IntentResponse,
        replies: Replies,
    ) -> Outcome:
        """An intent's result, in the words Home Assistant's own agent has for it."""
        plain = response.speech.get("plain") or {}
        code = response.error_code
        answer = response.response_type is intent.IntentResponseType.QUERY_ANSWER
        spoken = plain.get("speech")
        kind = getattr(self._tools[call.name], "intent_type", None)
        if not spoken and kind is not None and code is None:
            states = response.matched_states
            slots = {**call.arguments, **response.speech_slots}
            key = _key(call.arguments, replies.intents.get(kind, {}))
            spoken = replies.respond(
                hass, candidates_for(kind, key, states), slots, states, response.unmatched_states
            )
        return Outcome(
            spoken or replies.say("error" if code else "done"),
            _entities(response.success_results),
            _entities(response.failed_results),
            error=code,
            answer=answer,
        )


#: What a JSON schema says of a value, one way or another.
_TELLING: Final = ("type", "enum", "const", "anyOf", "oneOf", "allOf", "properties", "items")


def _narrowed(schema: Mapping[str, Any], domains: list[str]) -> dict[str, Any]:
    """The schema without guesses: one wrong optional argument makes a whole call fail.

    Optional parameters that may be anything are left out (Home Assistant describes some of its
    booleans like that), and so are lists of a certain length (colours as three numbers), which the
    constraint does not count. A `domain` is one of those that are exposed.
    """
    required = schema.get("required") or ()
    properties = {
        name: value
        for name, value in (schema.get("properties") or {}).items()
        if name in required or (any(key in value for key in _TELLING) and "minItems" not in value)
    }
    domain = properties.get("domain") or {}
    choice = {"type": "string", "enum": domains}
    if domains and domain.get("type") == "string" and "enum" not in domain:
        properties["domain"] = {**domain, **choice}
    elif domains and domain.get("items") == {"type": "string"}:
        properties["domain"] = {**domain, "items": choice}
    return {**schema, "properties": properties}


def _key(arguments: Mapping[str, Any], responses: Mapping[str, str]) -> str:
    """The response named after one of the arguments (`brightness`, `color`), if there is one."""
    return next((name for name in arguments if name in responses), "default")


def _entities(targets: list[intent.IntentResponseTarget]) -> tuple[Entity, ...]:
    kind = intent.IntentResponseTargetType.ENTITY
    return tuple(Entity(t.id, t.name) for t in targets if t.type == kind and t.id)


def _words(data: Mapping[str, Any]) -> str | None:
    """A result that is short enough to be read out; None for anything longer or nested."""
    speech = data.get("speech")
    if isinstance(speech, Mapping):
        plain = speech.get("plain")
        speech = plain.get("speech") if isinstance(plain, Mapping) else None
    if isinstance(speech, str) and speech.strip():
        return speech.strip()
    values = [
        str(value)
        for key, value in data.items()
        if isinstance(value, (str, int, float)) and not (key == "success" or value in ("", None))
    ]
    text = ", ".join(values)
    return text if 0 < len(text) <= _MOST_SPOKEN and "\n" not in text else None
