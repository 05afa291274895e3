"""The repair issue of a machine that has no runtime."""

from __future__ import annotations

from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..const import DOMAIN
from .errors import NoRuntimeError
from .folders import Folders
from .machine import Machine
from .pins import read_pins
from .wheels import wanted_name

#: The issue's id and translation key.
ISSUE: Final = "runtime_missing"


@callback
def async_raise_issue(
    hass: HomeAssistant, error: NoRuntimeError, machine: Machine, folders: Folders
) -> None:
    """Tell the user that something has to be done; `repairs` shows what."""
    facts: dict[str, str | int | float | None] = {
        "reason": str(error),
        "machine": machine.describe(),
        "folder": str(folders.dropped),
        "wheel": wanted_name(machine, read_pins().versions[0]),
        "attempted": int(error.attempted),
    }
    ir.async_create_issue(
        hass,
        DOMAIN,
        ISSUE,
        data=facts,
        is_fixable=True,
        is_persistent=False,  # setting up an entry finds it again
        severity=ir.IssueSeverity.ERROR,
        translation_key=ISSUE,
    )


@callback
def async_clear_issue(hass: HomeAssistant) -> None:
    """There is a runtime, or nobody wants one any more."""
    ir.async_delete_issue(hass, DOMAIN, ISSUE)
