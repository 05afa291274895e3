"""The tools of any LLM API, for our template and constraint."""

from __future__ import annotations

from typing import Any

import probatio
from homeassistant.helpers import llm
from homeassistant.helpers.intent import IntentResponseErrorCode

from .core.calls import FunctionCall
from .core.functions import Function
from .core.home import Home
from .core.template import Names, restore_names
from .core.tools import function_from_tool
from .execute import Outcome
from .replies import Replies

#: An API's prompt beyond this many characters is cut: a 270M model gains nothing from more.
_MOST_PROMPT = 4000


class ApiTools:
    """One API instance as functions, and the way back."""

    def __init__(self, api: llm.APIInstance, home: Home) -> None:
        """`home` lends its names to parameters called `name`, `area` and `floor`."""
        self.prompt = api.api_prompt[:_MOST_PROMPT]
        #: The API's own prompt lists what it wants listed.
        self.home = Home()
        self._names: dict[str, Names] = {}
        functions: list[Function] = []
        for tool in api.tools:
            schema: dict[str, Any] = probatio.to_openapi(
                tool.parameters, custom_serializer=api.custom_serializer
            )
            function, names = function_from_tool(tool.name, tool.description or "", schema, home)
            functions.append(function)
            self._names[tool.name] = names
        self.functions = tuple(functions)

    def restore(self, call: FunctionCall) -> FunctionCall:
        """A call in the tool's own words."""
        return FunctionCall(call.name, restore_names(call.arguments, self._names[call.name]))

    def outcome(self, result: llm.ToolResult, replies: Replies) -> Outcome:
        """What a tool's result says to a person."""
        data = result.data
        if result.error:
            text = str(data.get("error_text") or data.get("error") or "")
            return Outcome(
                replies.say("failed", names=text), error=IntentResponseErrorCode.FAILED_TO_HANDLE
            )
        speech = data.get("speech")
        plain = speech.get("plain") if isinstance(speech, dict) else None
        spoken = plain.get("speech") if isinstance(plain, dict) else speech
        return Outcome(spoken if isinstance(spoken, str) and spoken else replies.say("done"))
