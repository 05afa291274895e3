"""eSpeak NG, the speech synthesiser, through its C library (`speak_lib.h`).

Runs in `.venv-voice`, where the package `espeakng-loader` brings library and data; nothing of the
system is needed. A worker thread of one: the library has one state for the whole process.
"""

from __future__ import annotations

import ctypes
from typing import Any, Final

import espeakng_loader

#: `espeak_AUDIO_OUTPUT`: samples go to the callback, and `espeak_Synth` returns when all are there.
_SYNCHRONOUS: Final = 2
#: `espeak_POSITION_TYPE`, and the flag for text in UTF-8.
_POS_CHARACTER: Final = 1
_UTF8: Final = 1
#: `espeak_PARAMETER`: words a minute.
_RATE: Final = 1

_SynthCallback: Final = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)


class EspeakError(Exception):
    """The library refuses to work; the message says at what."""


class Espeak:
    """One loaded library. Not to be used from two threads at once."""

    def __init__(self) -> None:
        """Raises EspeakError, or OSError where the library cannot be loaded."""
        self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        data = espeakng_loader.get_data_path().encode()
        #: Samples a second, 16 bit, mono.
        self.rate: int = self._library.espeak_Initialize(_SYNCHRONOUS, 0, data, 0)
        if self.rate <= 0:
            raise EspeakError(f"eSpeak NG does not start with its data in {data.decode()}")
        self._samples = bytearray()
        # Kept: ctypes would free a callback that nothing of Python's refers to.
        self._callback = _SynthCallback(self._collect)
        self._library.espeak_SetSynthCallback(self._callback)

    def speak(self, text: str, voice: str, words_per_minute: int = 160) -> bytes:
        """The text as 16-bit little-endian mono samples at `rate`. Raises EspeakError."""
        if self._library.espeak_SetVoiceByName(voice.encode()) != 0:
            raise EspeakError(f"eSpeak NG has no voice {voice!r}")
        self._library.espeak_SetParameter(_RATE, words_per_minute, 0)
        self._samples.clear()
        encoded = text.encode()
        failed = self._library.espeak_Synth(
            encoded, len(encoded) + 1, 0, _POS_CHARACTER, 0, _UTF8, None, None
        )
        if failed:
            raise EspeakError(f"eSpeak NG cannot say {text!r} (error {failed})")
        return bytes(self._samples)

    def _collect(self, samples: Any, count: int, _events: Any) -> int:
        """What the library calls with each piece; 0 tells it to go on."""
        if samples and count > 0:
            self._samples += ctypes.string_at(samples, count * 2)
        return 0
