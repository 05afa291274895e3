"""A real Home Assistant in this process, with the house in it."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from homeassistant import loader
from homeassistant.bootstrap import async_load_base_functionality
from homeassistant.components.http.config import HTTP_STORAGE_SCHEMA
from homeassistant.components.http.config import STORAGE_KEY as HTTP_KEY
from homeassistant.components.http.config import STORAGE_MINOR_VERSION as HTTP_MINOR_VERSION
from homeassistant.components.http.config import STORAGE_VERSION as HTTP_VERSION
from homeassistant.components.intent import TimerEventType, TimerInfo, async_register_timer_handler
from homeassistant.config_entries import SOURCE_IMPORT, ConfigEntries, ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.core_config import async_process_ha_core_config
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.recorder import async_initialize_recorder
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util

import custom_components

from .custom_components.demo_home.base import DOMAIN, HOUSE
from .house import EntitySpec, House

_CORE: Final[Mapping[str, Any]] = {
    "name": "Demo house",
    "latitude": 52.09,
    "longitude": 5.12,
    "elevation": 5,
    "unit_system": "metric",
    "time_zone": "Europe/Amsterdam",
    "currency": "EUR",
    "country": "NL",
    "language": "en",
}

#: Domains whose entities are Home Assistant's own helpers, made from YAML.
_HELPERS: Final = ("timer", "script", "input_boolean", "input_button", "input_number",
                   "input_select", "input_text", "counter")  # fmt: skip


class DemoError(Exception):
    """The demo cannot go on; the message is for the user."""


def find_custom_components() -> None:
    """Let Home Assistant find the demo's own integration besides the repository's."""
    folder = str(Path(__file__).parent / "custom_components")
    if folder not in custom_components.__path__:
        custom_components.__path__.append(folder)


def log_to(path: Path, *, verbose: bool) -> None:
    """Send the log to a file, and to standard error what the user must see."""
    handlers: list[logging.Handler] = [logging.FileHandler(path, "w", "utf-8")]
    if verbose:
        handlers.append(logging.StreamHandler(sys.stderr))
    logging.basicConfig(
        level=logging.INFO,
        format="%(asctime)s %(levelname)s [%(name)s] %(message)s",
        handlers=handlers,
        force=True,
    )
    logging.captureWarnings(True)
    # Every custom integration gets a warning that it is not tested by Home Assistant.
    logging.getLogger("homeassistant.loader").setLevel(logging.ERROR)


async def async_start(
    folder: Path, house: House, *, port: int | None = None, extra: Mapping[str, Any] | None = None
) -> HomeAssistant:
    """Home Assistant with the house set up, and nothing of our agent's yet.

    `port`: of its web server, on this machine only; None: any that is free. `extra`: further
    integrations with their configuration; under `homeassistant`, additions to the core's.
    """
    find_custom_components()
    hass = HomeAssistant(str(folder))
    try:
        loader.async_setup(hass)
        # What is needed is in the environment; a demo does not install things behind one's back.
        hass.config.skip_pip = True
        config = _config(extra or {})
        await hass.async_add_executor_job(_store_http, folder, port or free_port())
        hass.config_entries = ConfigEntries(hass, config)
        await loader.async_get_custom_components(hass)
        if not await async_load_base_functionality(hass):
            raise DemoError(f"Home Assistant cannot read its configuration in {folder}")
        await async_process_ha_core_config(hass, config["homeassistant"])
        async_initialize_recorder(hass)
        await async_set_up(hass, config)
        await async_add_house(hass, house)
        await hass.async_start()
        await hass.async_block_till_done()
    except BaseException:
        await hass.async_stop(force=True)
        raise
    return hass


async def async_set_up(hass: HomeAssistant, config: Mapping[str, Any]) -> None:
    """Set up the integrations that `config` names, the core's first; raises DemoError."""
    for domain in ("homeassistant", *(d for d in config if d != "homeassistant")):
        if not await async_setup_component(hass, domain, dict(config)):
            raise DemoError(f"Home Assistant's {domain} does not start; see the log")


async def async_add_house(hass: HomeAssistant, house: House) -> None:
    """Put the house into a Home Assistant that is set up, with all of it exposed to Assist."""
    hass.data[HOUSE] = house
    helpers = {
        domain: {spec.object_id: _helper(spec) for spec in specs}
        for domain in _HELPERS
        if (specs := house.in_domain(domain))
    }
    await async_set_up(hass, helpers)
    # Before the demo's own integration, which puts the helpers into their areas.
    await hass.async_block_till_done()
    await async_set_up(hass, {DOMAIN: {}})
    if not hass.config_entries.async_entries(DOMAIN):
        await hass.config_entries.flow.async_init(
            DOMAIN, context={"source": SOURCE_IMPORT}, data={}
        )
    for entry in hass.config_entries.async_entries(DOMAIN):
        if entry.state is not ConfigEntryState.LOADED:
            raise DemoError(f"The house cannot be set up: {entry.reason or entry.state.value}")


def _store_http(folder: Path, port: int) -> None:
    """Where the web server listens, as Home Assistant keeps it.

    YAML would be taken over the first time only, and taken back five minutes later unless somebody
    confirms it in the browser.
    """
    stable = {
        **HTTP_STORAGE_SCHEMA({"server_host": ["127.0.0.1"], "server_port": port}),
        "created_at": dt_util.utcnow().isoformat(),
        "error": None,
        "error_message": None,
    }
    content = {
        "version": HTTP_VERSION,
        "minor_version": HTTP_MINOR_VERSION,
        "key": HTTP_KEY,
        "data": {"stable": stable, "pending": None, "yaml_migration_done": True},
    }
    path = folder / ".storage" / HTTP_KEY
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(content), "utf-8")


def _config(extra: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "homeassistant": {**_CORE, **extra.get("homeassistant", {})},
        "intent": {},
        "conversation": {},
        **{key: value for key, value in extra.items() if key != "homeassistant"},
    }


def _helper(spec: EntitySpec) -> dict[str, Any]:
    """YAML of one helper, as Home Assistant's documentation of its domain has it."""
    given = spec.attributes
    if spec.domain == "script":
        apply = {"action": f"{DOMAIN}.apply", "data": {"entity_id": spec.entity_id}}
        return {"alias": spec.name, "sequence": [apply]}
    found: dict[str, Any] = {"name": spec.name}
    if spec.domain == "input_boolean":
        found["initial"] = spec.state == "on"
    elif spec.domain == "input_number":
        low, high = float(given.get("min", 0)), float(given.get("max", 100))
        found |= {"min": low, "max": high, "step": float(given.get("step", 1))}
        found["initial"] = float(spec.state or low)
    elif spec.domain == "input_select":
        options = [str(option) for option in given.get("options") or [spec.state or "unknown"]]
        found |= {"options": options, "initial": spec.state or options[0]}
    elif spec.domain == "timer" and "duration" in given:
        found["duration"] = given["duration"]
    elif spec.domain == "input_text" and spec.state:
        found["initial"] = spec.state
    return found


def free_port() -> int:
    """A port of this machine that nothing listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@callback
def async_add_speaker(
    hass: HomeAssistant, house: House, area: str | None, announce: Any = None
) -> str:
    """A device to speak to, in the area of that name; returns its id. Raises DemoError.

    It keeps timers, unless the house has timers of its own; `announce` is called with a line when
    one is over.
    """
    area_id = None
    if area is not None:
        found = ar.async_get(hass).async_get_area_by_name(area) or _by_alias(hass, area)
        if found is None:
            names = sorted(entry.name for entry in ar.async_get(hass).async_list_areas())
            raise DemoError(f"There is no area {area!r}. Areas: {', '.join(names) or 'none'}")
        area_id = found.id
    entry = hass.config_entries.async_entries(DOMAIN)[0]
    registry = dr.async_get(hass)
    device = registry.async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={(DOMAIN, "speaker")}, name="Voice satellite"
    )
    registry.async_update_device(device.id, area_id=area_id)

    @callback
    def on_timer(event: TimerEventType, timer: TimerInfo) -> None:
        if event == TimerEventType.FINISHED and announce is not None:
            announce(f"Timer {timer.name or ''} is over".replace("  ", " "))

    if not house.in_domain("timer"):
        async_register_timer_handler(hass, device.id, on_timer)
    return device.id


def _by_alias(hass: HomeAssistant, name: str) -> ar.AreaEntry | None:
    wanted = name.casefold()
    areas = ar.async_get(hass).async_list_areas()
    return next((a for a in areas if wanted in {alias.casefold() for alias in a.aliases}), None)


async def async_stop(hass: HomeAssistant) -> None:
    """Stop it, and wait until everything is written."""
    async with asyncio.timeout(30):
        await hass.async_stop(force=True)
