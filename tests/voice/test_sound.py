"""Audio on its way: what is spoken must arrive as it was, and silence must be known as silence."""

from __future__ import annotations

import io
import wave

import numpy as np

from demo.voice import sound


def _tone(hertz: float, rate: int, seconds: float = 0.5) -> bytes:
    moments = np.arange(round(rate * seconds)) / rate
    return bytes((np.sin(2 * np.pi * hertz * moments) * 16000).astype("<i2").tobytes())


def _loudest(samples: bytes) -> float:
    """The strongest frequency in Hz, at Assist's rate."""
    values = np.frombuffer(samples, "<i2")
    return float(np.argmax(np.abs(np.fft.rfft(values))) * sound.RATE / values.size)


def test_a_voice_keeps_its_pitch_and_its_length_at_the_rate_satellites_use() -> None:
    resampled = sound.resample(_tone(440, 22_050), 22_050)
    assert abs(sound.seconds(resampled) - 0.5) < 0.001
    assert abs(_loudest(resampled) - 440) < 3


def test_what_the_lower_rate_cannot_hold_is_left_out_and_not_folded_into_the_speech() -> None:
    assert sound.loudness(sound.resample(_tone(10_000, 22_050), 22_050)) < 0.01


def test_silence_is_told_from_speech() -> None:
    assert sound.loudness(sound.silence(0.5)) == 0
    assert sound.loudness(b"") == 0
    assert sound.loudness(_tone(440, sound.RATE)) > 0.3


def test_no_audio_stays_no_audio() -> None:
    assert sound.resample(b"", 22_050) == b""


def test_a_reply_can_be_played() -> None:
    with wave.open(io.BytesIO(sound.as_wav(_tone(440, sound.RATE)))) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (16_000, 1, 2)
        assert file.getnframes() == 8_000
