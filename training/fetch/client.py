"""Asking a Home Assistant over its WebSocket API.

https://developers.home-assistant.io/docs/api/websocket
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Any, Final, Self
from urllib.parse import urlsplit

import aiohttp

from .errors import FetchError

_SCHEMES: Final = {"http": "ws", "ws": "ws", "https": "wss", "wss": "wss"}
#: Seconds to wait for a connection, and then for each message.
_SECONDS: Final = 20.0


def websocket_address(url: str) -> str:
    """Address of the WebSocket API of the Home Assistant at `url`.

    `url` is whatever a person copies: http, https, ws, wss or no scheme, with any path behind it
    (Home Assistant is always at the root). Raises FetchError for anything else.
    """
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        scheme, host, port = _SCHEMES[parts.scheme], parts.hostname, parts.port
    except (KeyError, ValueError):
        host = None
    if not host:
        raise FetchError(f"{url!r} is no address; it looks like http://homeassistant.local:8123")
    host = f"[{host}]" if ":" in host else host
    return f"{scheme}://{host}{f':{port}' if port else ''}/api/websocket"


class Client:
    """A connection that is logged in, as a context manager."""

    def __init__(self, address: str, token: str) -> None:
        """`address`: of the WebSocket API."""
        self._address, self._token = address, token
        self._where = address.removesuffix("/api/websocket")
        self._ids = 0

    async def __aenter__(self) -> Self:
        """Connect and log in. Raises FetchError."""
        self._session = aiohttp.ClientSession()
        try:
            await self._connect()
            await self._log_in()
        except BaseException:
            await self._session.close()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the connection."""
        await self._socket.close()
        await self._session.close()

    async def ask(self, command: str, **arguments: Any) -> Any:
        """Result of one command. Raises FetchError."""
        self._ids += 1
        await self._send({"id": self._ids, "type": command, **arguments})
        while (answer := await self._receive()).get("id") != self._ids:
            pass
        if answer.get("success"):
            return answer.get("result")
        error = answer.get("error") or {}
        if error.get("code") == "unauthorized":
            raise FetchError(
                "the token is not an administrator's, and only those see what is exposed"
            )
        raise FetchError(
            f"Home Assistant refuses {command}: {error.get('message', 'no reason given')}"
        )

    async def ask_all(self, commands: Sequence[str]) -> list[Any]:
        """Results of several commands without arguments. Raises FetchError."""
        return [await self.ask(command) for command in commands]

    async def _connect(self) -> None:
        try:
            async with asyncio.timeout(_SECONDS):
                # No limit: the states of a large home are many megabytes.
                self._socket = await self._session.ws_connect(self._address, max_msg_size=0)
        except aiohttp.WSServerHandshakeError as err:
            if err.status == 403:
                raise FetchError(f"{self._where} refuses this machine (HTTP status 403)") from err
            raise FetchError(
                f"{self._where} is not Home Assistant (HTTP status {err.status})"
            ) from err
        except aiohttp.ClientSSLError as err:
            raise FetchError(f"the certificate of {self._where} is not accepted: {err}") from err
        except TimeoutError as err:
            raise FetchError(
                f"{self._where} cannot be reached: no answer in {_SECONDS:.0f} s"
            ) from err
        except aiohttp.ClientConnectorError as err:
            why = err.os_error.strerror or str(err.os_error)
            raise FetchError(f"{self._where} cannot be reached: {why}") from err
        except (aiohttp.ClientError, ValueError) as err:
            raise FetchError(f"{self._where} is not Home Assistant ({err})") from err

    async def _log_in(self) -> None:
        try:
            hello = await self._receive()
        except FetchError as err:
            raise FetchError(f"{self._where} is not Home Assistant ({err})") from err
        if hello.get("type") != "auth_required":
            raise FetchError(f"{self._where} is not Home Assistant (it does not ask for a login)")
        await self._send({"type": "auth", "access_token": self._token})
        answer = (await self._receive()).get("type")
        if answer != "auth_ok":
            raise FetchError("Home Assistant does not accept the token in HASS_TOKEN")

    async def _send(self, message: dict[str, Any]) -> None:
        try:
            await self._socket.send_str(json.dumps(message))
        except (aiohttp.ClientError, ConnectionError) as err:
            raise FetchError("the connection was closed") from err

    async def _receive(self) -> dict[str, Any]:
        """The next message, a JSON object."""
        try:
            async with asyncio.timeout(_SECONDS):
                message = await self._socket.receive()
        except TimeoutError as err:
            raise FetchError(f"no answer in {_SECONDS:.0f} s") from err
        if message.type is not aiohttp.WSMsgType.TEXT:
            raise FetchError("the connection was closed")
        try:
            data = json.loads(message.data)
        except ValueError as err:
            raise FetchError("an answer is not JSON") from err
        if not isinstance(data, dict):
            raise FetchError("an answer is not a JSON object")
        return data
