"""Home Assistant's WebSocket API, as its app and its frontend speak it: pipelines, and audio in.

https://developers.home-assistant.io/docs/voice/pipelines describes commands and events.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any, Final, Self

import aiohttp

from demo.home import DemoError

from . import sound

#: Bytes of audio in one message: 64 ms, about what satellites send.
_CHUNK: Final = 2048
#: Seconds for one sentence; Home Assistant then gives up. Meant for machines that are busy.
_TIMEOUT: Final = 300


@dataclass
class Run:
    """What a pipeline told of one sentence, with `time.perf_counter()` of each event's arrival."""

    spoken: float = 0.0
    """When the last of the speech was sent."""
    events: list[tuple[float, str, dict[str, Any]]] = field(default_factory=list)
    audio: bytes = b""
    """The reply, as MP3; empty where nothing was said."""
    fetched: float = 0.0
    """When all of the audio was there."""

    def data(self, kind: str) -> dict[str, Any]:
        """Data of the first event of that type; empty where it did not happen."""
        return next((data for _, found, data in self.events if found == kind), {})

    def at(self, kind: str) -> float | None:
        """When it came."""
        return next((moment for moment, found, _ in self.events if found == kind), None)

    @property
    def heard(self) -> str:
        """The text that speech-to-text made of it."""
        return str((self.data("stt-end").get("stt_output") or {}).get("text") or "").strip()

    @property
    def reply(self) -> str:
        """What the agent said."""
        output = self.data("intent-end").get("intent_output") or {}
        speech = output.get("response", {}).get("speech", {})
        return str(speech.get("plain", {}).get("speech") or "")

    @property
    def milliseconds(self) -> dict[str, float]:
        """Of each stage, as `scripts/demo --help` describes them."""
        found: dict[str, float] = {}
        for stage, begin in (("stt", self.spoken), ("intent", self.at("intent-start"))):
            if begin is not None and (end := self.at(f"{stage}-end")) is not None:
                found[stage] = (end - begin) * 1000
        if self.audio and (begin := self.at("tts-start")) is not None:
            found["tts"] = (self.fetched - begin) * 1000
            found["all"] = (self.fetched - self.spoken) * 1000
        return found


class Assist:
    """A connection to a Home Assistant."""

    def __init__(self, url: str, token: str) -> None:
        """`url`: of its web server, without a slash at the end."""
        self._url = url
        self._token = token
        self._last = 0

    async def __aenter__(self) -> Self:
        """Connect and log in; raises DemoError."""
        self._session = aiohttp.ClientSession()
        self._socket = await self._session.ws_connect(f"{self._url}/api/websocket")
        await self._socket.receive_json()
        await self._socket.send_json({"type": "auth", "access_token": self._token})
        answer = await self._socket.receive_json()
        if answer["type"] != "auth_ok":
            await self._session.close()
            raise DemoError(f"Home Assistant does not let us in: {answer}")
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the connection."""
        await self._socket.close()
        await self._session.close()

    async def async_command(self, kind: str, **given: Any) -> Any:
        """A command's result. Raises DemoError when Home Assistant refuses it."""
        self._last += 1
        await self._socket.send_json({"id": self._last, "type": kind, **given})
        while True:
            answer = await self._receive()
            if answer["type"] == "result":
                if not answer["success"]:
                    raise DemoError(f"{kind}: {answer['error']['message']}")
                return answer["result"]

    async def async_run(self, speech: bytes, pipeline_id: str, device_id: str | None) -> Run:
        """Speech (samples at Assist's rate) through a pipeline, to the reply's audio.

        Raises DemoError where a stage fails.
        """
        run = Run()
        await self.async_command(
            "assist_pipeline/run",
            start_stage="stt",
            end_stage="tts",
            # Where a recording ends is known: no voice activity detection has to guess it.
            input={"sample_rate": sound.RATE, "no_vad": True},
            pipeline=pipeline_id,
            device_id=device_id,
            timeout=_TIMEOUT,
        )
        while run.at("run-end") is None:
            event = (await self._receive())["event"]
            run.events.append((time.perf_counter(), event["type"], event.get("data") or {}))
            if event["type"] == "error":
                data = event["data"]
                raise DemoError(f"The pipeline failed: {data['message']} ({data['code']})")
            if event["type"] == "stt-start":
                handler = run.data("run-start")["runner_data"]["stt_binary_handler_id"]
                await self._speak(speech, handler)
                run.spoken = time.perf_counter()
        if url := (run.data("tts-end").get("tts_output") or {}).get("url"):
            async with self._session.get(f"{self._url}{url}") as response:
                if response.status != 200:
                    raise DemoError(f"The reply's audio cannot be had ({response.status})")
                run.audio = await response.read()
            run.fetched = time.perf_counter()
        return run

    async def _speak(self, speech: bytes, handler: int) -> None:
        """Audio as binary messages: the handler's number, then samples; none at the end."""
        prefix = bytes([handler])
        for begin in range(0, len(speech), _CHUNK):
            await self._socket.send_bytes(prefix + speech[begin : begin + _CHUNK])
        await self._socket.send_bytes(prefix)

    async def _receive(self) -> dict[str, Any]:
        message = await self._socket.receive()
        if message.type is not aiohttp.WSMsgType.TEXT:
            raise DemoError("Home Assistant closed the connection")
        found: dict[str, Any] = message.json()
        return found
