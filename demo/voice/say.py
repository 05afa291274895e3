"""`scripts/demo --say`: sentences spoken, heard, done and answered aloud."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from homeassistant.auth.const import GROUP_ID_ADMIN
from homeassistant.config_entries import SOURCE_USER, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er

from demo.home import DemoError
from demo.terminal import Terminal
from demo.watch import Call, Watch

from . import sound
from .assist import Assist
from .servers import HOST, Servers, Tools, async_synthesise

#: Of the pipeline, and of the user who makes it.
_NAME: Final = "Voice demo"
_WYOMING: Final = "wyoming"
#: Who speaks the sentences, and who the replies: two voices, so that they can be told apart.
_SENTENCES: Final = "en-us"
_REPLIES: Final = "en"


@dataclass
class Said:
    """What came of a sentence that was spoken."""

    text: str
    spoken: float
    """Seconds of its speech, with the silence around it."""
    heard: str
    reply: str
    calls: list[Call]
    changes: Mapping[str, tuple[str, str]]
    samples: bytes
    """The reply's audio, at Assist's rate."""
    file: Path
    """The same as WAV."""
    ms: Mapping[str, float]

    def as_json(self) -> str:
        """One line of JSON, as `scripts/demo --help` describes it."""
        audio = {
            "seconds": round(sound.seconds(self.samples), 2),
            "loudness": round(sound.loudness(self.samples), 4),
            "file": str(self.file),
        }
        return json.dumps(
            {
                "text": self.text,
                "heard": self.heard,
                "calls": [call.as_dict() for call in self.calls],
                "changes": {key: list(change) for key, change in self.changes.items()},
                "reply": self.reply,
                "audio": audio,
                "ms": {stage: round(value, 1) for stage, value in self.ms.items()},
            },
            ensure_ascii=False,
        )

    def show(self, terminal: Terminal) -> None:
        """For a person."""
        spoken = terminal.paint(f"  spoken in {self.spoken:.1f} s", "dim")
        terminal.line(terminal.paint(f"“{self.text}”", "bold") + spoken)
        terminal.line(f"  {terminal.paint('heard', 'green')}   {self.heard or '(nothing)'}")
        for call in self.calls:
            data = " ".join(f"{key}={value}" for key, value in call.data.items())
            told = " ".join(filter(None, [call.service, ", ".join(call.entity_id), data]))
            terminal.line(f"  {terminal.paint('called', 'cyan')}  {told}")
        for entity_id, (old, new) in self.changes.items():
            terminal.line(f"  {terminal.paint('changed', 'yellow')} {entity_id}: {old} → {new}")
        terminal.line(f"  {terminal.paint('replied', 'green')} {self.reply or '(nothing)'}")
        times = ", ".join(f"{stage} {value:.0f} ms" for stage, value in self.ms.items())
        terminal.line(f"  {terminal.paint('took', 'dim')}    {times}")
        length = f"{sound.seconds(self.samples):.1f} s"
        terminal.line(f"  {terminal.paint('audio', 'dim')}   {self.file} ({length})")
        terminal.line()


def configuration(tools: Tools) -> dict[str, Any]:
    """What Home Assistant needs for speech, besides the house: configuration by domain."""
    return {
        "websocket_api": {},
        "assist_pipeline": {},
        "ffmpeg": {"ffmpeg_bin": tools.ffmpeg},
    }


@asynccontextmanager
async def async_voice(
    hass: HomeAssistant, servers: Servers, tools: Tools, agent_id: str, folder: Path
) -> AsyncIterator[Voice]:
    """Speech in a Home Assistant that runs, with a pipeline of its own. Raises DemoError."""
    for entry in hass.config_entries.async_entries(_WYOMING):
        # Of an earlier start: its servers are gone.
        await hass.config_entries.async_remove(entry.entry_id)
    stt = await _async_add(hass, servers.listen, "stt")
    tts = await _async_add(hass, servers.speak, "tts")
    url = f"http://{HOST}:{hass.http.server_port}"
    async with _async_token(hass, url) as token, Assist(url, token) as assist:
        listed = await assist.async_command("assist_pipeline/pipeline/list")
        for pipeline in listed["pipelines"]:
            if pipeline["name"] == _NAME:
                await assist.async_command(
                    "assist_pipeline/pipeline/delete", pipeline_id=pipeline["id"]
                )
        made = await assist.async_command(
            "assist_pipeline/pipeline/create",
            name=_NAME,
            language="en",
            conversation_engine=agent_id,
            conversation_language="en",
            stt_engine=stt,
            stt_language="en",
            tts_engine=tts,
            tts_language="en",
            tts_voice=_REPLIES,
            wake_word_entity=None,
            wake_word_id=None,
        )
        yield Voice(hass, assist, str(made["id"]), servers, tools, folder)


@asynccontextmanager
async def _async_token(hass: HomeAssistant, url: str) -> AsyncIterator[str]:
    """An access token of the demo's own user, which is of no use afterwards."""
    users = await hass.auth.async_get_users()
    user = next((user for user in users if user.name == _NAME), None)
    if user is None:
        user = await hass.auth.async_create_user(_NAME, group_ids=[GROUP_ID_ADMIN])
    token = await hass.auth.async_create_refresh_token(user, client_id=f"{url}/")
    try:
        yield hass.auth.async_create_access_token(token)
    finally:
        hass.auth.async_remove_refresh_token(token)


async def _async_add(hass: HomeAssistant, port: int, domain: str) -> str:
    """Add a server as a user does, in the Wyoming dialogue; returns its entity of `domain`."""
    flow = hass.config_entries.flow
    result: Any = await flow.async_init(_WYOMING, context={"source": SOURCE_USER})
    given = {"host": HOST, "port": port}
    if result["type"] is FlowResultType.FORM:
        result = await flow.async_configure(result["flow_id"], given)
    if result["type"] is not FlowResultType.CREATE_ENTRY:
        why = result.get("errors") or result.get("reason")
        raise DemoError(f"Home Assistant does not add the speech server: {why}")
    await hass.async_block_till_done()
    entry = result["result"]
    if entry.state is not ConfigEntryState.LOADED:
        raise DemoError(f"The speech server is not ready: {entry.reason or entry.state.value}")
    for found in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id):
        if found.domain == domain:
            return found.entity_id
    raise DemoError(f"The speech server on port {port} offers no {domain}")


class Voice:
    """Somebody who speaks to a satellite."""

    def __init__(
        self,
        hass: HomeAssistant,
        assist: Assist,
        pipeline_id: str,
        servers: Servers,
        tools: Tools,
        folder: Path,
    ) -> None:
        """`folder`: where the replies' audio is left."""
        self._hass = hass
        self._assist = assist
        self._pipeline_id = pipeline_id
        self._servers = servers
        self._tools = tools
        self._folder = folder
        self._count = 0

    async def async_say(self, text: str, device_id: str | None) -> Said:
        """Speak a sentence at the device and wait until the reply is there. Raises DemoError."""
        spoken = await async_synthesise(self._servers.speak, text, _SENTENCES)
        speech = sound.silence(0.3) + spoken + sound.silence(0.6)
        watch = Watch(self._hass, None)
        watch.start()
        try:
            run = await self._assist.async_run(speech, self._pipeline_id, device_id)
            # Scripts go on by themselves after they were started.
            await self._hass.async_block_till_done()
        finally:
            watch.stop()
        try:
            decoded = await sound.async_decode(self._tools.ffmpeg, run.audio) if run.audio else b""
        except ValueError as err:
            raise DemoError(str(err)) from err
        self._count += 1
        file = self._folder / f"reply-{self._count}.wav"
        await self._hass.async_add_executor_job(file.write_bytes, sound.as_wav(decoded))
        return Said(
            text,
            sound.seconds(speech),
            run.heard,
            run.reply,
            watch.calls,
            watch.changes(),
            decoded,
            file,
            run.milliseconds,
        )
