"""A Wyoming server for text-to-speech with eSpeak NG: what Piper is in a house, but not as pretty.

    .venv-voice/bin/python -m demo.voice.speech_server tcp://127.0.0.1:PORT

It answers `describe` with its voices, and `synthesize` with audio of 16 bit, mono, at the library's
own rate of 22,050 Hz.
"""

from __future__ import annotations

import asyncio
import sys
from functools import partial
from typing import Final, override

from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.error import Error
from wyoming.event import Event
from wyoming.info import Attribution, Describe, Info, TtsProgram, TtsVoice
from wyoming.server import AsyncEventHandler, AsyncServer
from wyoming.tts import Synthesize

from .espeak import Espeak, EspeakError

#: eSpeak NG's voices that are offered, by their files' names, and the language they speak; `en` is
#: British.
VOICES: Final = {"en-us": "en", "en": "en", "fr": "fr", "de": "de", "ko": "ko", "ja": "ja"}
_SECONDS_A_CHUNK: Final = 0.1
_ATTRIBUTION: Final = Attribution("eSpeak NG", "https://github.com/espeak-ng/espeak-ng")


def describe() -> Info:
    """What Home Assistant's dialogue asks for before it adds the server."""
    voices = [
        TtsVoice(name, _ATTRIBUTION, True, f"eSpeak NG {name}", None, languages=[language])
        for name, language in VOICES.items()
    ]
    return Info(tts=[TtsProgram("espeak-ng", _ATTRIBUTION, True, "eSpeak NG", None, voices=voices)])


class Handler(AsyncEventHandler):
    """One connection."""

    def __init__(
        self,
        espeak: Espeak,
        lock: asyncio.Lock,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        """`lock`: held while the library works, which is one for all connections."""
        super().__init__(reader, writer)
        self._espeak = espeak
        self._lock = lock

    @override
    async def handle_event(self, event: Event) -> bool:
        """Answer an event; what is not known is left alone, as the protocol wants it."""
        if Describe.is_type(event.type):
            await self.write_event(describe().event())
        elif Synthesize.is_type(event.type):
            asked = Synthesize.from_event(event)
            voice = asked.voice.name if asked.voice and asked.voice.name else next(iter(VOICES))
            await self._speak(asked.text, voice)
        return True

    async def _speak(self, text: str, voice: str) -> None:
        try:
            async with self._lock:
                samples = await asyncio.to_thread(self._espeak.speak, text, voice)
        except EspeakError as err:
            await self.write_event(Error(str(err), "espeak").event())
            return
        rate = self._espeak.rate
        step = int(rate * _SECONDS_A_CHUNK) * 2
        await self.write_event(AudioStart(rate, 2, 1).event())
        for begin in range(0, len(samples), step):
            chunk = AudioChunk(rate, 2, 1, samples[begin : begin + step])
            await self.write_event(chunk.event())
        await self.write_event(AudioStop().event())


async def main(uri: str) -> None:
    """Serve until the process is ended."""
    server = AsyncServer.from_uri(uri)
    await server.run(partial(Handler, Espeak(), asyncio.Lock()))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    asyncio.run(main(sys.argv[1]))
