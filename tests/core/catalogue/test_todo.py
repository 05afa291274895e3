"""Lists: an item goes on one list, and is completed by changing it."""

from __future__ import annotations

import pytest

from custom_components.functiongemma.core.catalogue import BY_NAME

from .calls import asks_which, needs, parameter, service


@pytest.mark.parametrize(
    ("name", "action", "more", "feature"),
    [
        ("todo.add_item", "todo.add_item", {}, "add"),
        ("todo.complete_item", "todo.update_item", {"status": "completed"}, "update"),
        ("todo.remove_item", "todo.remove_item", {}, "delete"),
    ],
)
def test_an_item_is_free_text_on_one_list(
    name: str, action: str, more: dict[str, str], feature: str
) -> None:
    assert service(name, item="oat milk") == (action, {"item": "oat milk", **more})
    item = parameter(name, "item")
    assert item.required
    assert item.choices(()) == ()
    assert needs(name, feature)
    assert asks_which(name, item="oat milk")


def test_reading_a_list_is_about_what_is_left_to_do() -> None:
    assert service("todo.get_items") == ("todo.get_items", {"status": ["needs_action"]})
    assert BY_NAME["todo.get_items"].local
    assert asks_which("todo.get_items")
