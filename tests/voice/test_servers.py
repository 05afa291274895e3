"""The speech servers: they speak, and what they cannot do is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from wyoming.client import AsyncTcpClient
from wyoming.info import Describe, Info

from demo.home import DemoError
from demo.voice import servers, sound
from demo.voice.servers import HOST, Tools, async_find_tools, async_serve, async_synthesise

pytestmark = pytest.mark.usefixtures("socket_enabled")


async def _voices(port: int) -> list[str]:
    """What the server offers in Home Assistant's dialogues."""
    async with AsyncTcpClient(HOST, port) as client:
        await client.write_event(Describe().event())
        event = await client.read_event()
        assert event is not None
    return [voice.name for voice in Info.from_event(event).tts[0].voices]


@pytest.mark.slow
async def test_every_voice_that_is_offered_speaks_and_one_that_is_not_is_named(
    tools: Tools, tmp_path: Path
) -> None:
    async with async_serve(tools, tmp_path) as ports:
        with pytest.raises(DemoError, match="nobody"):
            await async_synthesise(ports.speak, "Hello", "nobody")
        voices = await _voices(ports.speak)
        spoken = {
            voice: await async_synthesise(ports.speak, "Lampe 1, 2, 3", voice) for voice in voices
        }
    assert {"en-us", "en", "fr", "de", "ko", "ja"} <= spoken.keys()
    for voice, samples in spoken.items():
        assert sound.seconds(samples) > 0.8, voice
        assert sound.loudness(samples) > 0.01, voice


@pytest.mark.slow
async def test_a_server_that_does_not_start_is_told_at_once_with_its_log(
    tools: Tools, tmp_path: Path
) -> None:
    nothing = Tools(str(tmp_path / "nothing"), tools.ffmpeg)
    with pytest.raises(DemoError, match=r"whisper\.log"):
        async with async_serve(nothing, tmp_path):
            pytest.fail("it started without a model")


@pytest.mark.slow
async def test_audio_that_is_none_is_said_to_be_none(tools: Tools) -> None:
    with pytest.raises(ValueError, match="ffmpeg"):
        await sound.async_decode(tools.ffmpeg, b"no audio at all")


async def test_without_the_packages_the_user_is_told_the_command_that_brings_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(servers, "_PYTHON", tmp_path / "python")
    with pytest.raises(DemoError, match="scripts/setup --voice"):
        await async_find_tools()
