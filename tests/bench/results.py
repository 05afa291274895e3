"""Results of a measurement, made up: round numbers that are easy to find again."""

from __future__ import annotations

from typing import Any

_PARTS = {
    "functions": 1.0, "restore": 2.0, "prefill": 30.0, "decode": 50.0, "worker": 4.0, "choose": 0.5,
    "llama": 75.0, "python": 12.5,
}  # fmt: skip
_STEPS = {f"{stage}_{of}": 2.0 for stage in ("prepare", "prefill", "decode")
          for of in ("batches", "tokens")}  # fmt: skip


def _warm(median: float) -> dict[str, Any]:
    return {
        "median_ms": median, "p95_ms": 2 * median, "min_ms": 1.0, "samples": 60,
        "parts": dict(_PARTS), "steps": _STEPS | {"head_rows": 70}, "memory": {"rss_mb": 190.0},
        "first_ms": 1.5 * median, "again_ms": 3.0,
    }  # fmt: skip


def made_up() -> dict[str, Any]:
    """A new copy."""
    return {
        "warm": {"25": _warm(80.0), "100": _warm(111.0), "1000": _warm(12345.0)},
        "naive": {"25": {"median_ms": 60_000.0, "prompt_tokens": 7000, "answer_tokens": 20,
                         "samples": 3, "rss_mb": 700.0}},
        "ratio_naive_to_ours": 750.0,
        "cold_ms": 390.0,
        "cold": {"load_ms": 300.0, "sentence_ms": 90.0},
        "rename_ms": 500.0,
        "rename_wait_ms": 601.0,
        "worker_rss_mb": 190.0,
        "model_mb": 164.6,
        "python_ms": 4.9,
        "bus_ratio": 1.6,
        "bus": {"ratio": 1.6, "decode_ratio": 1.2, "prefill_ratio": 3.0, "spent_ms": 80.0,
                "least_ms": 50.0, "read_mb": 800.0, "batch_mb": 106.0, "bandwidth_gb_s": 16.0},
        "pi": {size: {"Raspberry Pi 5": 100.0, "Raspberry Pi 4": 400.0}
               for size in ("25", "100", "1000")},
        "machine": {"processor": "Some <Processor>", "cores": 2, "architecture": "x86_64",
                    "python": "3.14.10", "llama_cpp_python": "0.3.36", "threads": 1,
                    "date": "2026-11-21", "load": 0.1, "model": "gemma3", "model_file": "m.gguf"},
        "options": {"rounds": 5, "sentences": 12, "quick": False},
    }  # fmt: skip
