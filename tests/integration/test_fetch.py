"""`python -m training.fetch` against a real Home Assistant: the file is the home the agent sees.

It is here and not in tests/training, whose environment has no Home Assistant.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from aiohttp import web
from homeassistant.auth.models import TOKEN_TYPE_LONG_LIVED_ACCESS_TOKEN
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.functiongemma.core.home import Home
from custom_components.functiongemma.exposure import async_build_home
from demo.house import load_house
from training.fetch.__main__ import main

from .conftest import expose
from .house import place, set_up_demo

PLATFORMS = (
    Platform.BINARY_SENSOR, Platform.CLIMATE, Platform.COVER, Platform.FAN, Platform.LIGHT,
    Platform.LOCK, Platform.MEDIA_PLAYER, Platform.SENSOR, Platform.SWITCH, Platform.VACUUM,
    Platform.VALVE,
)  # fmt: skip


class Site:
    """Home Assistant's web server, and the command run against it."""

    def __init__(self, hass: HomeAssistant, serve: Any, out: Path) -> None:
        self.hass, self.out = hass, out
        self._serve = serve

    async def open(self) -> str:
        """Open Home Assistant's web server; no component can be set up after that."""
        client = await self._serve(self.hass.http.app)
        return f"http://127.0.0.1:{client.server.port}"

    async def fetch(self, *options: str, url: str | None = None) -> int:
        """Run the command; returns its exit status."""
        arguments = ["--url", url or await self.open(), "--out", str(self.out), *options]
        return await self.hass.async_add_executor_job(main, arguments)

    def read(self) -> dict[str, Any]:
        """The file that was written."""
        data: dict[str, Any] = yaml.safe_load(self.out.read_text("utf-8"))
        return data

    def home(self) -> Home:
        """The home of the file that was written."""
        return Home.from_dict(self.read())


async def long_lived_token(hass: HomeAssistant, user: MockUser) -> str:
    """A token as people make one in their profile."""
    refresh = await hass.auth.async_create_refresh_token(
        user,
        client_name="training",
        token_type=TOKEN_TYPE_LONG_LIVED_ACCESS_TOKEN,
        access_token_expiration=timedelta(days=1),
    )
    return hass.auth.async_create_access_token(refresh)


@pytest.fixture
async def site(
    hass: HomeAssistant,
    aiohttp_client: Any,
    socket_enabled: None,
    hass_admin_user: MockUser,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Site:
    """A Home Assistant on a port of its own, and its owner's token in the environment."""
    for component in ("http", "websocket_api", "config"):
        assert await async_setup_component(hass, component, {})
    monkeypatch.setenv("HASS_TOKEN", await long_lived_token(hass, hass_admin_user))
    return Site(hass, aiohttp_client, tmp_path / "home.yaml")


def everything_there_is(hass: HomeAssistant) -> None:
    """Expose what the demo has, with names, places and attributes of every sort."""
    for state in hass.states.async_all():
        expose(hass, state.entity_id)
    place(hass, "light.bed_light", "Bedroom", floor="Upstairs", aliases=["Nachtlicht", " Lampe "])
    place(hass, "light.ceiling_lights", "Kitchen", name="Big <escape> light", floor="Downstairs")
    place(hass, "switch.ac", "Kitchen", name="off", aliases=["1", "12:30:45", "é: #x", "电灯 💡"])
    areas = ar.async_get(hass)
    kitchen = areas.async_get_area_by_name("Kitchen")
    assert kitchen is not None
    areas.async_update(kitchen.id, aliases={"Küche", "Cuisine"})
    areas.async_create("Nobody's")
    hass.states.async_set("light.plain", "on")
    hass.states.async_set("light.odd", "on", {"friendly_name": 5, "supported_color_modes": None})
    hass.states.async_set("media_player.gone", "unavailable", {"friendly_name": "Gone"})
    sources = {"source_list": ["HDMI 1", 2, True, "on"], "sound_mode_list": ["Movie"]}
    hass.states.async_set("media_player.tv", "playing", {"supported_features": 2048, **sources})
    hass.states.async_set("weather.town", "sunny", {"friendly_name": "Weather"})
    hass.states.async_set("light.hidden", "on", {"friendly_name": "Hidden"})
    expose(hass, *(f"light.{name}" for name in ("plain", "odd")), "weather.town")
    expose(hass, "media_player.gone", "media_player.tv")
    expose(hass, "light.hidden", exposed=False)


async def test_file_is_the_very_home_the_agent_sees(hass: HomeAssistant, site: Site) -> None:
    await set_up_demo(hass, *PLATFORMS)
    everything_there_is(hass)
    await hass.async_block_till_done()
    assert await site.fetch() == 0
    home = async_build_home(hass)
    assert len(home.entities) > 30 and len({e.domain for e in home.entities}) >= 11
    assert {a.floor for a in home.areas} >= {"Upstairs", "Downstairs"}
    assert site.home() == home
    assert site.home().listing() == home.listing()


async def test_names_and_areas_of_devices_and_their_parts(hass: HomeAssistant, site: Site) -> None:
    """A device's entities are named after it and lie where it, or what it is a part of, lies."""
    entry = MockConfigEntry(domain="test")
    entry.add_to_hass(hass)
    hall = ar.async_get(hass).async_create("Hall")
    devices, entities = dr.async_get(hass), er.async_get(hass)
    box = devices.async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={("test", "box")}, name="Box"
    )
    devices.async_update_device(box.id, area_id=hall.id, name_by_user="My box")
    for number, (own, given) in enumerate([(None, None), ("Socket", None), ("Socket", "Kettle")]):
        row = entities.async_get_or_create(
            "switch", "test", str(number), device_id=box.id, original_name=own,
            has_entity_name=True,
        )  # fmt: skip
        entities.async_update_entity(
            row.entity_id, name=given, aliases=[er.COMPUTED_NAME, f"Plug {number}"]
        )
        # As an integration that does not follow the naming would set it.
        hass.states.async_set(row.entity_id, "on", {"friendly_name": f"Shown {number}"})
        expose(hass, row.entity_id)
    child = devices.async_get_or_create_child(
        parent_device_id=box.id, config_entry_id=entry.entry_id, identifiers={("test", "part")},
        name="Part",
    )  # fmt: skip
    row = entities.async_get_or_create(
        "light", "test", "part", device_id=child.id, original_name="Lamp", has_entity_name=True
    )
    hass.states.async_set(row.entity_id, "on", {"friendly_name": "Shown"})
    expose(hass, row.entity_id)
    await hass.async_block_till_done()
    assert await site.fetch() == 0
    home = async_build_home(hass)
    assert {entity.area for entity in home.entities} == {"Hall"}
    assert "My box Socket" in {alias for entity in home.entities for alias in entity.aliases}
    assert "My box Part Lamp" in {alias for entity in home.entities for alias in entity.aliases}
    assert site.home() == home


async def test_what_is_private_stays_at_home(hass: HomeAssistant, site: Site) -> None:
    private = {"latitude": 52.1, "friendly_name": "Ann", "entity_picture": "/secret.jpg"}
    hass.states.async_set("device_tracker.ann", "home", private)
    hass.states.async_set("sensor.ann_address", "1 Secret Street", {"friendly_name": "Ann is at"})
    hass.states.async_set("light.exposed", "on", {"friendly_name": "Lamp", "brightness": 7})
    hass.states.async_set("light.secret", "on", {"friendly_name": "Secret"})
    expose(hass, "device_tracker.ann", "sensor.ann_address", "light.exposed")
    expose(hass, "light.secret", exposed=False)
    assert await site.fetch() == 0
    text = site.out.read_text("utf-8")
    for word in ("52.1", "ecret", "brightness", "device_tracker", "127.0.0.1"):
        assert word not in text
    lamp = {"id": "light.exposed", "name": "Lamp", "state": "on"}
    assert site.read()["entities"] == [
        {**lamp, "attributes": {"supported_color_modes": []}},
        {"id": "sensor.ann_address", "name": "Ann is at"},
    ]


async def test_demo_and_evaluation_can_read_the_file(hass: HomeAssistant, site: Site) -> None:
    await set_up_demo(hass, *PLATFORMS)
    everything_there_is(hass)
    assert await site.fetch() == 0
    house = load_house(str(site.out))
    assert house.notes == ()
    home = async_build_home(hass)
    assert [entity.entity_id for entity in house.entities] == [e.entity_id for e in home.entities]
    rows = {row["id"]: row for row in site.read()["entities"]}
    assert rows["media_player.tv"]["state"] == "playing"
    assert "state" not in rows["media_player.gone"]


@pytest.mark.parametrize(
    ("scheme", "path"),
    [("http://", "/"), ("http://", "/lovelace/0?x=1"), ("ws://", "/api/websocket"), ("", "")],
)
async def test_address_may_be_whatever_a_person_copies(
    hass: HomeAssistant, site: Site, scheme: str, path: str
) -> None:
    hass.states.async_set("light.one", "on")
    expose(hass, "light.one")
    assert await site.fetch(url=(await site.open()).replace("http://", scheme) + path) == 0


# -- what can go wrong ---------------------------------------------------------------------------


async def failed(
    site: Site, capsys: pytest.CaptureFixture[str], *options: str, **kwargs: Any
) -> str:
    """The message of a command that fails, which is one line."""
    before = site.out.read_text("utf-8") if site.out.exists() else None
    assert await site.fetch(*options, **kwargs) == 1
    assert (site.out.read_text("utf-8") if site.out.exists() else None) == before
    message = capsys.readouterr().err
    assert message.startswith("error: ") and message.count("\n") == 1, message
    return message


Capture = pytest.CaptureFixture[str]


async def test_file_that_is_there_is_not_overwritten_unless_asked(
    hass: HomeAssistant, site: Site, capsys: Capture
) -> None:
    hass.states.async_set("light.one", "on")
    expose(hass, "light.one")
    site.out.write_text("mine")
    assert "--force" in await failed(site, capsys)
    assert await site.fetch("--force") == 0
    assert [entity.entity_id for entity in site.home().entities] == ["light.one"]


async def test_nothing_exposed_is_said(hass: HomeAssistant, site: Site, capsys: Capture) -> None:
    hass.states.async_set("light.one", "on")
    expose(hass, "light.one", exposed=False)
    assert "nothing is exposed" in await failed(site, capsys)
    hass.states.async_set("camera.door", "idle")
    expose(hass, "camera.door")
    assert "nothing is exposed" in await failed(site, capsys)


async def test_wrong_token_is_said(
    site: Site, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HASS_TOKEN", "wrong-token")
    message = await failed(site, capsys)
    assert "does not accept the token" in message and "wrong-token" not in message


async def test_missing_token_is_said(
    site: Site, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HASS_TOKEN")
    assert "HASS_TOKEN" in await failed(site, capsys)


async def test_token_of_somebody_who_is_no_administrator_is_said(
    hass: HomeAssistant, site: Site, capsys: Capture, hass_read_only_user: MockUser,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("HASS_TOKEN", await long_lived_token(hass, hass_read_only_user))
    assert "administrator" in await failed(site, capsys)


async def test_nothing_listening_is_said(site: Site, capsys: Capture, unused_tcp_port: int) -> None:
    message = await failed(site, capsys, url=f"http://127.0.0.1:{unused_tcp_port}")
    assert "cannot be reached" in message


@pytest.mark.parametrize("url", ["ftp://127.0.0.1", "http://", "http://[::1", "http://a:b"])
async def test_what_is_no_address_is_said(site: Site, capsys: Capture, url: str) -> None:
    assert "is no address" in await failed(site, capsys, url=url)


async def no_websocket(_request: web.Request) -> web.StreamResponse:
    return web.Response(text="It works!")


async def banned(_request: web.Request) -> web.StreamResponse:
    raise web.HTTPForbidden


async def other_websocket(request: web.Request) -> web.StreamResponse:
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    await socket.send_str("hello" if request.query_string else '{"type": "hello"}')
    await socket.close()
    return socket


async def hangs_up(request: web.Request) -> web.StreamResponse:
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    await socket.send_json({"type": "auth_required"})
    await socket.receive()
    await socket.send_json({"type": "auth_ok"})
    await socket.receive()
    await socket.close()
    return socket


@pytest.mark.parametrize(
    ("handler", "problem"),
    [
        (None, "is not Home Assistant"),
        (no_websocket, "is not Home Assistant"),
        (other_websocket, "is not Home Assistant"),
        (banned, "refuses this machine"),
        (hangs_up, "the connection was closed"),
    ],
)
async def test_another_server_is_told_from_home_assistant(
    site: Site, capsys: Capture, aiohttp_client: Any, handler: Any, problem: str
) -> None:
    app = web.Application()
    if handler is not None:
        app.router.add_get("/api/websocket", handler)
    client = await aiohttp_client(app)
    assert problem in await failed(site, capsys, url=f"http://127.0.0.1:{client.server.port}")


async def test_folder_that_is_not_there_is_said(
    hass: HomeAssistant, site: Site, capsys: Capture
) -> None:
    hass.states.async_set("light.one", "on")
    expose(hass, "light.one")
    site.out = site.out.parent / "nowhere" / "home.yaml"
    assert "cannot be written" in await failed(site, capsys)
