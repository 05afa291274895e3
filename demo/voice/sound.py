"""Audio as plain samples: another rate, how loud it is, and out of a compressed file.

Everywhere 16-bit little-endian signed samples of one channel, as satellites send them.
"""

from __future__ import annotations

import asyncio
import io
import wave
from typing import Final

import numpy as np

#: Samples a second of Assist's audio.
RATE: Final = 16_000


def resample(samples: bytes, rate: int, wanted: int = RATE) -> bytes:
    """The same sound at `wanted` samples a second, without what that rate cannot hold."""
    values = np.frombuffer(samples, "<i2").astype(np.float64)
    if rate == wanted or values.size == 0:
        return samples
    size = round(values.size * wanted / rate)
    spectrum = np.fft.rfft(values)[: size // 2 + 1]
    out = np.fft.irfft(spectrum, size) * (size / values.size)
    return bytes(np.clip(np.round(out), -32768, 32767).astype("<i2").tobytes())


def loudness(samples: bytes) -> float:
    """Root mean square of full scale, 0..1; speech is about 0.05 to 0.2, silence 0."""
    values = np.frombuffer(samples, "<i2").astype(np.float64) / 32768
    return float(np.sqrt(np.mean(values**2))) if values.size else 0.0


def seconds(samples: bytes, rate: int = RATE) -> float:
    """How long it lasts."""
    return len(samples) / 2 / rate


def silence(duration: float) -> bytes:
    """So many seconds of nothing, at Assist's rate."""
    return bytes(2 * round(duration * RATE))


def as_wav(samples: bytes) -> bytes:
    """A WAV file of samples at Assist's rate."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(RATE)
        writer.writeframes(samples)
    return file.getvalue()


async def async_decode(ffmpeg: str, encoded: bytes) -> bytes:
    """Samples at Assist's rate out of an audio file, MP3 or another; raises ValueError."""
    command = [ffmpeg, "-hide_banner", "-loglevel", "error", "-i", "pipe:0",
               "-f", "s16le", "-ac", "1", "-ar", str(RATE), "pipe:1"]  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    samples, said = await process.communicate(encoded)
    if process.returncode:
        raise ValueError(f"ffmpeg cannot read the audio: {said.decode(errors='replace').strip()}")
    return samples
