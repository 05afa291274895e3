"""`scripts/demo --serve`: the house in Home Assistant's own frontend, our agent in its Assist."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from homeassistant.auth.const import GROUP_ID_ADMIN
from homeassistant.auth.providers.homeassistant import HassAuthProvider
from homeassistant.components.assist_pipeline.pipeline import (
    async_get_pipeline,
    async_update_pipeline,
)
from homeassistant.components.frontend.storage import async_system_store
from homeassistant.components.onboarding.const import STEPS
from homeassistant.core import HomeAssistant

from .home import DemoError
from .house import House
from .terminal import Terminal

#: Name and password of the demo's only user.
USER: Final = "demo"
_PANEL: Final = "demo-house"

#: What every installation has set up, besides the frontend and what that brings along.
_USUAL: Final = (
    "brands", "analytics", "application_credentials", "backup", "system_health", "person",
    "zone", "tag", "automation", "history", "logbook", "my", "sun", "assist_pipeline",
)  # fmt: skip


def check_port(port: int) -> None:
    """Raises DemoError when something else listens there: Home Assistant would only log it."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError as err:
            raise DemoError(f"Port {port} cannot be used ({err.strerror}); try --port") from err


def configuration(folder: Path, house: House, *, empty: bool = False) -> Mapping[str, Any]:
    """What Home Assistant needs for the browser, besides the house: configuration by domain.

    Writes the dashboard, and that onboarding is done, into the configuration folder. `empty`:
    neither; it is as after a first start.
    """
    if empty:
        return {"frontend": {}, **{domain: {} for domain in _USUAL}}
    dashboard = folder / "dashboard.yaml"
    # JSON is YAML.
    dashboard.write_text(json.dumps(dashboard_of(house), ensure_ascii=False, indent=1), "utf-8")
    onboarding = folder / ".storage" / "onboarding"
    if not onboarding.exists():
        onboarding.parent.mkdir(exist_ok=True)
        data = {"version": 4, "minor_version": 1, "key": "onboarding", "data": {"done": STEPS}}
        onboarding.write_text(json.dumps(data), "utf-8")
    panel = {
        "mode": "yaml",
        "filename": dashboard.name,
        "title": house.name,
        "icon": "mdi:home",
        "show_in_sidebar": True,
    }
    return {
        "homeassistant": {
            "auth_providers": [
                {
                    # On this machine nobody has to type the password.
                    "type": "trusted_networks",
                    "trusted_networks": ["127.0.0.0/8"],
                    "allow_bypass_login": True,
                },
                {"type": "homeassistant"},
            ]
        },
        "lovelace": {"dashboards": {_PANEL: panel}},
        "frontend": {},
        "assist_pipeline": {},
        "system_log": {},
    }


def dashboard_of(house: House) -> dict[str, Any]:
    """A dashboard: a view for each floor, a section for each area, a tile for each entity."""
    devices = {device.id: device.area for device in house.devices}
    rooms: dict[str, list[str]] = {}
    for entity in house.entities:
        area_id = entity.area or devices.get(entity.device or "") or ""
        rooms.setdefault(area_id, []).append(entity.entity_id)
    views: dict[str, list[dict[str, Any]]] = {}
    areas = [(area.id, area.name, area.floor) for area in house.areas]
    for area_id, name, floor in [*areas, ("", house.name, None)]:
        if area_id not in rooms:
            continue
        cards: list[dict[str, Any]] = [{"type": "heading", "heading": name}]
        cards += [{"type": "tile", "entity": entity_id} for entity_id in rooms[area_id]]
        views.setdefault(floor or house.name, []).append({"type": "grid", "cards": cards})
    return {
        "views": [
            {"title": floor, "path": f"floor-{number}", "type": "sections", "sections": sections}
            for number, (floor, sections) in enumerate(views.items())
        ]
    }


async def async_serve(
    hass: HomeAssistant, house: House, agent_id: str, port: int, terminal: Terminal
) -> None:
    """Keep the house open for browsers until the demo is stopped. Raises DemoError."""
    await _async_user(hass)
    await async_update_pipeline(
        hass,
        async_get_pipeline(hass),
        name="FunctionGemma",
        conversation_engine=agent_id,
        conversation_language="*",
        prefer_local_intents=False,
    )
    store = await async_system_store(hass)
    core = store.data.get("core") or {}
    await store.async_set_item("core", {**core, "default_panel": _PANEL})
    url = f"http://127.0.0.1:{port}"
    terminal.line(f"{terminal.paint(house.name, 'bold')} is open: {terminal.paint(url, 'cyan')}")
    terminal.line(
        "Assist (the speech bubble at the top right, or the key “a”) talks to the agent. Should\n"
        f"the browser ask for a login: user “{USER}”, password “{USER}”. Ctrl-C closes the house."
    )
    await _async_until_stopped()


async def async_serve_empty(house: House, port: int, terminal: Terminal) -> None:
    """Keep it open until the demo is stopped; whoever comes first is asked to make a user."""
    url = f"http://127.0.0.1:{port}"
    terminal.line(f"{terminal.paint(house.name, 'bold')} is open: {terminal.paint(url, 'cyan')}")
    terminal.line(
        "Nobody has been here: make a user, then add FunctionGemma under Settings → Devices &\n"
        "services. Ctrl-C closes the house, and the next one is empty again."
    )
    await _async_until_stopped()


async def _async_user(hass: HomeAssistant) -> None:
    """The demo user, who owns the house."""
    if await hass.auth.async_get_owner() is not None:
        return
    provider = hass.auth.get_auth_provider("homeassistant", None)
    if not isinstance(provider, HassAuthProvider):
        raise DemoError("Home Assistant has no users")
    await provider.async_initialize()
    await provider.async_add_auth(USER, USER)
    user = await hass.auth.async_create_user("Demo", group_ids=[GROUP_ID_ADMIN])
    credentials = await provider.async_get_or_create_credentials({"username": USER})
    await hass.auth.async_link_user(user, credentials)


async def _async_until_stopped() -> None:
    """Until Ctrl-C, or until something ends the process politely."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    await stopped.wait()
