"""The whole prompt of a sentence, as an integration without any of this project's means sends it.

`naive` is FunctionGemma's template as its documentation shows it: every function declared in full,
the home, the sentence. `peer` is the shape that home-llm publishes: the tools, one line a device
with its entity id, name and state under its area, solved examples, and the sentence. The words are
ours.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from custom_components.functiongemma.core import tokens
from custom_components.functiongemma.core.catalogue import functions_for
from custom_components.functiongemma.core.functions import Function, tool_schema
from custom_components.functiongemma.core.home import NO_AREA, Entity, Home
from custom_components.functiongemma.core.prompt import build_static
from custom_components.functiongemma.core.tokens import Segment

from .homes import state_of

_INTRODUCTION = (
    "You are the voice assistant of a home and control its devices. Do what the user asks with the "
    "tools, or answer from what is known about the devices. Only use devices that are listed."
)

#: Examples as the peer gives them: a request, and the call that answers it.
_EXAMPLES = 4


def naive(home: Home, sentence: str) -> list[Segment]:
    """FunctionGemma's template with full declarations, listing and sentence."""
    static = build_static(home, functions_for(home), style=None)
    return tokens.merge((*static.segments, *static.turn(sentence)))


def peer(home: Home, sentence: str, turn: int) -> list[Segment]:
    """Tools, devices with their states, examples and sentence, as the peer sends them.

    `turn` numbers the sentences: the peer picks other examples for each.
    """
    functions = functions_for(home)
    text = "\n\n".join(
        [
            _INTRODUCTION,
            "Tools:\n" + "\n".join(_tool(function) for function in functions),
            "Devices:\n" + _devices(home),
            "Examples:\n" + _examples(home, functions, turn),
        ]
    )
    return tokens.merge(
        [
            tokens.BOS, tokens.START_OF_TURN, f"user\n{text}\n\n{sentence}", tokens.END_OF_TURN,
            "\n", tokens.START_OF_TURN, "model\n",
        ]
    )  # fmt: skip


def _tool(function: Function) -> str:
    return json.dumps(tool_schema(function, full=True)["function"], ensure_ascii=False)


def _devices(home: Home) -> str:
    areas: dict[str, list[Entity]] = {}
    for entity in home.entities:
        areas.setdefault(entity.area or NO_AREA, []).append(entity)
    return "\n".join(
        "\n".join([f"## Area: {area}", *(f"{e.entity_id} '{e.name}' = {state_of(e)}" for e in row)])
        for area, row in areas.items()
    )


def _examples(home: Home, functions: Sequence[Function], turn: int) -> str:
    """Requests with their calls, of other functions and devices every turn."""
    lines: list[str] = []
    for index in range(_EXAMPLES):
        function = functions[(turn * _EXAMPLES + index * 7) % len(functions)]
        candidates = function.candidates(home) if function.has_target else ()
        target = candidates[(turn + index) % len(candidates)] if candidates else None
        call = {"tool": function.name, "target": target.entity_id if target else None}
        where = f" ({target.name})" if target else ""
        lines.append(f"User: {function.description}{where}\nAssistant: {json.dumps(call)}")
    return "\n".join(lines)
