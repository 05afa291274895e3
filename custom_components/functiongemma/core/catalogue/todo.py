"""To-do and shopping lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..calls import Value
from ..functions import Function, Parameter

_TODO = ("todo",)
_ITEM = (Parameter("item", "STRING", required=True),)


def _complete(arguments: Mapping[str, Value]) -> tuple[str, dict[str, Any]]:
    return "todo.update_item", {"item": arguments["item"], "status": "completed"}


def _get(arguments: Mapping[str, Value]) -> tuple[str, dict[str, Any]]:
    return "todo.get_items", {"status": ["needs_action"]}


FUNCTIONS = (
    Function(
        "todo.add_item", "Put something on a list", _ITEM, domains=_TODO, feature="add",
        exactly_one=True, intent=("HassListAddItem", "item_added"),
    ),
    Function(
        "todo.complete_item", "Check something off a list", _ITEM, domains=_TODO,
        feature="update", exactly_one=True, to_service=_complete,
        intent=("HassListCompleteItem", "item_completed"),
    ),
    Function(
        "todo.remove_item", "Take something off a list", _ITEM, domains=_TODO, feature="delete",
        exactly_one=True, intent=("HassListRemoveItem", "item_deleted"),
    ),
    Function(
        "todo.get_items", "Read a list", domains=_TODO, exactly_one=True, to_service=_get,
        local=True,
    ),
)  # fmt: skip
