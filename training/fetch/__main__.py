"""HASS_TOKEN=… python -m training.fetch --url http://homeassistant.local:8123 --out home.yaml

Writes what a live Home Assistant exposes to Assist into a home file, which training.dataset,
training.evaluate and scripts/demo read. The token is a long-lived access token of an administrator
(Home Assistant: your profile, Security); it is taken from the environment only, as a command line
can be read by others. Nothing is changed in Home Assistant.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from pathlib import Path
from typing import Any

from .client import Client, websocket_address
from .errors import FetchError
from .home_file import Registries, home_file, to_yaml

_ASSISTANT = "conversation"


async def fetch(address: str, token: str) -> dict[str, Any]:
    """The data of a home file. `address`: of the WebSocket API. Raises FetchError."""
    async with Client(address, token) as client:
        listed = (await client.ask("homeassistant/expose_entity/list"))["exposed_entities"]
        exposed = sorted(entity_id for entity_id, to in listed.items() if to.get(_ASSISTANT))
        states, devices, areas, floors = await client.ask_all(
            [
                "get_states",
                "config/device_registry/list",
                "config/area_registry/list",
                "config/floor_registry/list",
            ]
        )
        entities = await client.ask("config/entity_registry/get_entries", entity_ids=exposed)
    registries = Registries(
        entities,
        {row["id"]: row for row in devices},
        {row["area_id"]: row for row in areas},
        {row["floor_id"]: row for row in floors},
    )
    data = home_file(states, frozenset(exposed), registries)
    if not data["entities"]:
        raise FetchError(
            "nothing is exposed to Assist that the agent has functions for"
            " (Settings > Voice assistants > Expose)"
        )
    return data


def _write(path: Path, text: str) -> None:
    """Write the file so that an interruption leaves the one before."""
    partial = path.with_name(path.name + ".part")
    try:
        partial.write_text(text, encoding="utf-8")
        partial.replace(path)
    except OSError as err:
        raise FetchError(f"{path} cannot be written: {err.strerror or err}") from err


def _run(args: argparse.Namespace) -> str:
    """Fetch and write; returns what to tell the user. Raises FetchError."""
    address = websocket_address(args.url)
    if args.out.exists() and not args.force:
        raise FetchError(f"{args.out} is there already; --force replaces it")
    if not (token := os.environ.get("HASS_TOKEN", "").strip()):
        raise FetchError("put a long-lived access token into the environment as HASS_TOKEN")
    data = asyncio.run(fetch(address, token))
    _write(args.out, to_yaml(data))
    return f"{args.out}: {len(data['entities'])} entities, {len(data['areas'])} areas"


def main(argv: list[str] | None = None) -> int:
    """Entry point of the command; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="training.fetch",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--url", required=True, help="where Home Assistant is")
    parser.add_argument("--out", type=Path, required=True, help="the home file to write")
    parser.add_argument("--force", action="store_true", help="replace the file")
    args = parser.parse_args(argv)
    try:
        print(_run(args))
    except FetchError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
