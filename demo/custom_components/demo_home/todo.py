"""To-do and shopping lists of the demo house."""

from __future__ import annotations

from collections.abc import Mapping
from typing import override

from homeassistant.components.todo import (
    TodoItem,
    TodoItemStatus,
    TodoListEntity,
    TodoListEntityFeature,
)
from homeassistant.util.ulid import ulid_now

from demo.house import EntitySpec

from .base import DemoEntity, member, platform


class DemoTodoList(DemoEntity, TodoListEntity):
    """A list; the file's `items` are texts, or mappings with `summary` and `status`."""

    _attr_supported_features = (
        TodoListEntityFeature.CREATE_TODO_ITEM
        | TodoListEntityFeature.UPDATE_TODO_ITEM
        | TodoListEntityFeature.DELETE_TODO_ITEM
    )

    def __init__(self, spec: EntitySpec) -> None:
        """Empty, unless the file has items."""
        super().__init__(spec)
        self._attr_todo_items = [_item(item) for item in self.given("items") or []]

    @override
    async def async_create_todo_item(self, item: TodoItem) -> None:
        item.uid = ulid_now()
        item.status = item.status or TodoItemStatus.NEEDS_ACTION
        self.show(todo_items=[*(self._attr_todo_items or []), item])

    @override
    async def async_update_todo_item(self, item: TodoItem) -> None:
        items = self._attr_todo_items or []
        self.show(todo_items=[item if known.uid == item.uid else known for known in items])

    @override
    async def async_delete_todo_items(self, uids: list[str]) -> None:
        items = self._attr_todo_items or []
        self.show(todo_items=[item for item in items if item.uid not in uids])


def _item(given: object) -> TodoItem:
    row = given if isinstance(given, Mapping) else {"summary": given}
    status = member(TodoItemStatus, row.get("status")) or TodoItemStatus.NEEDS_ACTION
    return TodoItem(summary=str(row.get("summary")), uid=ulid_now(), status=status)


async_setup_entry = platform("todo", DemoTodoList)
