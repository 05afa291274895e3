"""FunctionGemma's chat template as segments, byte for byte what the published Jinja renders.

The oracle is `tests/core/data/template_vectors.json`. Every string that comes from a user, a home
or a tool (names, sentences, descriptions, argument and response strings, enum values) becomes plain
text and is defused, so that no special token can come out of it.

Two conversations are rendered differently from the published template, which leaves a turn open:

- a user message right after a tool response gets no `<start_of_turn>user` there;
- a user message after a call that was never answered gets no `<end_of_turn>` before it.

Here a model turn that is still open is always closed with `<end_of_turn>` and a newline first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NotRequired, TypedDict

from .calls import (
    FunctionCall,
    Value,
    call_segments,
    object_segments,
    sort_items,
    string_segments,
    value_segments,
)
from .tokens import (
    BOS,
    END_FUNCTION_DECLARATION,
    END_FUNCTION_RESPONSE,
    END_OF_TURN,
    START_FUNCTION_DECLARATION,
    START_FUNCTION_RESPONSE,
    START_OF_TURN,
    Segment,
    defuse,
    merge,
    spell,
)

__all__ = [
    "FUNCTION_CALLING",
    "Message",
    "Tool",
    "call_segments",
    "declaration_segments",
    "developer_turn",
    "model_turn_start",
    "render_segments",
    "render_text",
    "response_segments",
    "user_turn",
]

FUNCTION_CALLING = "You are a model that can do function calling with the following functions"
"""The developer text that makes the model call functions, right before the declarations."""

Schema = Mapping[str, Any]
"""A JSON schema."""


class Function(TypedDict):
    """A function as OpenAI-style tools describe it."""

    name: str
    description: NotRequired[str]
    parameters: NotRequired[Schema]


class Tool(TypedDict):
    """A function the model may call."""

    type: NotRequired[Literal["function"]]
    function: Function


class ToolCallFunction(TypedDict):
    """Name and arguments of a call in an assistant message."""

    name: str
    arguments: dict[str, Value]


class ToolCall(TypedDict):
    """A call in an assistant message."""

    type: NotRequired[Literal["function"]]
    function: ToolCallFunction


class Message(TypedDict):
    """A message: developer and system are the same, tool answers the calls before it."""

    role: Literal["developer", "system", "user", "assistant", "tool"]
    content: NotRequired[Value]
    name: NotRequired[str]
    tool_calls: NotRequired[Sequence[ToolCall]]


def render_text(
    messages: Sequence[Message],
    tools: Sequence[Tool] | None = None,
    add_generation_prompt: bool = False,
) -> str:
    """Return the conversation as the published template's text. See `render_segments`."""
    return spell(render_segments(messages, tools, add_generation_prompt))


def render_segments(
    messages: Sequence[Message],
    tools: Sequence[Tool] | None = None,
    add_generation_prompt: bool = False,
) -> list[Segment]:
    """Return the conversation as segments, beginning with the only `<bos>`.

    `add_generation_prompt` opens the model's turn, unless responses or calls left it open.
    Raises ValueError where a message has a role this format does not have.
    """
    segments: list[Segment] = [BOS]
    rest = list(messages)
    if rest and rest[0]["role"] in ("developer", "system"):
        segments += developer_turn(_text(rest.pop(0)), tools or ())
    elif tools:
        segments += developer_turn("", tools)
    model_turn_is_open = False
    for index, message in enumerate(rest):
        role = message["role"]
        if role in ("assistant", "tool"):
            if not model_turn_is_open:
                segments += model_turn_start()
            following = rest[index + 1]["role"] if index + 1 < len(rest) else None
            turn, model_turn_is_open = _model_message(message, following)
            segments += turn
            continue
        if model_turn_is_open:
            segments += _turn_end()
            model_turn_is_open = False
        if role == "user":
            segments += user_turn(_text(message))
        elif role in ("developer", "system"):
            segments += developer_turn(_text(message), ())
        else:
            raise ValueError(f"a message has the unknown role {role!r}")
    if add_generation_prompt and not model_turn_is_open:
        segments += model_turn_start()
    return merge(segments)


def _model_message(message: Message, following: str | None) -> tuple[list[Segment], bool]:
    """Return an assistant or tool message without its turn's start, and whether it stays open."""
    if message["role"] == "tool":
        return response_segments(message.get("name", ""), message.get("content")), True
    calls = message.get("tool_calls") or ()
    segments: list[Segment] = [defuse(_text(message))]
    for call in calls:
        function = call["function"]
        segments += call_segments(FunctionCall(function["name"], function["arguments"]))
    if not calls:
        return [*segments, *_turn_end()], False
    if following != "tool":
        segments.append(START_FUNCTION_RESPONSE)
    if following == "assistant":
        return [*segments, *_turn_end()], False
    return segments, True


def developer_turn(text: str, tools: Iterable[Tool]) -> list[Segment]:
    """Return the developer's turn: trimmed text, then the declarations, nothing between."""
    segments: list[Segment] = [START_OF_TURN, f"developer\n{defuse(text.strip())}"]
    for tool in tools:
        segments += declaration_segments(tool)
    return [*segments, *_turn_end()]


def user_turn(text: str) -> list[Segment]:
    """Return a user's turn with the trimmed text."""
    return [START_OF_TURN, f"user\n{defuse(text.strip())}", *_turn_end()]


def model_turn_start() -> list[Segment]:
    """Return what the model's answer is appended to."""
    return [START_OF_TURN, "model\n"]


def response_segments(name: str, value: Value) -> list[Segment]:
    """Return a function's response; a value that is no object becomes `{value:...}`."""
    response = value if isinstance(value, Mapping) else {"value": value}
    return [
        START_FUNCTION_RESPONSE,
        f"response:{defuse(name)}",
        *object_segments(response),
        END_FUNCTION_RESPONSE,
    ]


def declaration_segments(tool: Tool) -> list[Segment]:
    """Return a function's declaration.

    Only what the published template renders: description, type, string enums, items and nested
    properties. Unions must be flattened and five parameter names renamed first: `safe_schema`.
    """
    function = tool["function"]
    segments: list[Segment] = [
        START_FUNCTION_DECLARATION,
        f"declaration:{defuse(function['name'])}{{description:",
        *string_segments(function.get("description") or ""),
    ]
    if parameters := function.get("parameters"):
        segments.append(",parameters:{")
        if properties := parameters.get("properties"):
            segments += ["properties:{", *_properties(properties), "},"]
        if required := parameters.get("required"):
            segments += ["required:", *_strings(required), ","]
        segments += [*_type({"type": "object", **parameters}), "}"]
    return [*segments, "}", END_FUNCTION_DECLARATION]


VANISHING_NAMES = frozenset({"description", "type", "properties", "required", "nullable"})
"""Parameters of these names are left out by the published template: rename them (`safe_schema`)."""


def _properties(properties: Mapping[str, Schema]) -> list[Segment]:
    """Return parameters, sorted case-insensitively: `name:{description:...,type:...},...`."""
    segments: list[Segment] = []
    for name, schema in sort_items(properties):
        if name in VANISHING_NAMES:
            continue
        segments += ["," if segments else "", defuse(name), ":{description:"]
        segments += [*string_segments(schema.get("description") or ""), ","]
        segments += [*_details(schema), *_type(schema), "}"]
    return segments


def _details(schema: Schema) -> list[Segment]:
    """Return what stands between a parameter's description and its type, with a last comma."""
    kind = str(schema.get("type", "")).upper()
    segments: list[Segment] = []
    if kind == "STRING" and (choices := schema.get("enum")):
        segments += ["enum:", *value_segments(choices), ","]
    elif kind == "OBJECT":
        segments += ["properties:{", *_properties(schema.get("properties") or {}), "},"]
        if required := schema.get("required"):
            segments += ["required:", *_strings(required), ","]
    elif kind == "ARRAY" and (items := schema.get("items")) and isinstance(items, Mapping):
        segments += ["items:{", *_items(items), "},"]
    return segments


def _items(items: Schema) -> list[Segment]:
    """Return an array's item schema, which the template renders key by key, sorted."""
    segments: list[Segment] = []
    for key, value in sort_items(items):
        if value is None:
            continue
        segments.append("," if segments else "")
        if key == "properties":
            segments += ["properties:{", *_properties(value), "}"]
        elif key == "required":
            segments += ["required:", *_strings(value)]
        elif key == "type":
            segments += _type(items)
        else:
            segments += [f"{defuse(key)}:", *value_segments(value)]
    return segments


def _type(schema: Schema) -> list[Segment]:
    """Return `type:<escape>STRING<escape>`; upper case, whatever the schema has."""
    return ["type:", *string_segments(str(schema.get("type") or type_of(schema)).upper())]


def type_of(schema: Schema) -> str:
    """Return the type of a schema that has none."""
    if "properties" in schema:
        return "object"
    if "items" in schema:
        return "array"
    choices = schema.get("enum") or [""]
    if all(isinstance(choice, bool) for choice in choices):
        return "boolean"
    if all(isinstance(choice, int) for choice in choices):
        return "integer"
    return "number" if all(isinstance(choice, int | float) for choice in choices) else "string"


def _strings(strings: Iterable[str]) -> list[Segment]:
    """Return names in the order given: `[<escape>a<escape>,<escape>b<escape>]`."""
    return value_segments([str(text) for text in strings])


def _text(message: Message) -> str:
    content = message.get("content")
    return "" if content is None else str(content).strip()


def _turn_end() -> list[Segment]:
    return [END_OF_TURN, "\n"]
