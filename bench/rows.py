"""From samples to the numbers of a row."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from typing import Any

from .agent import Sample
from .numbers import medians, spread
from .traffic import Traffic


def warm(samples: Sequence[Sample]) -> dict[str, Any]:
    """A home: spread of the times, medians of the parts and of the steps, and of each sentence."""
    texts = dict.fromkeys(sample.text for sample in samples)
    return {
        **spread([sample.milliseconds for sample in samples]),
        "parts": medians(sample.parts for sample in samples),
        "steps": medians(_steps(sample) for sample in samples),
        "by_sentence": {
            text: statistics.median(s.milliseconds for s in samples if s.text == text)
            for text in texts
        },
    }


def _steps(sample: Sample) -> dict[str, float]:
    """How many batches a sentence takes, their tokens, and the rows of the head."""
    found: dict[str, float] = {}
    for stage in ("prepare", "prefill", "decode"):
        steps = [step for step in sample.work.steps if step.stage == stage]
        found[f"{stage}_batches"] = len(steps)
        found[f"{stage}_tokens"] = sum(step.tokens for step in steps)
    return found | {"head_rows": sample.work.rows}


def ratio(naive: Mapping[str, Any], ours: Sequence[Sample]) -> float:
    """How many times as long the naive way takes, over the sentences that were said both ways."""
    texts = naive["by_sentence"]
    mine = statistics.median(s.milliseconds for s in ours if s.text in texts)
    return statistics.median(texts.values()) / mine


def bus(samples: Sequence[Sample], traffic: Traffic, bandwidth: float) -> dict[str, float]:
    """Time in the worker over the time it takes to read what must be read.

    `bandwidth` in bytes a second. `decode_ratio`: of the search alone, its head not counted, for
    which the time is that inside `llama_decode`. `prefill_ratio`: the same of the sentence's own
    tokens, where arithmetic is the limit.
    """
    read = [traffic.work(sample.work) for sample in samples]
    least = [count / bandwidth * 1000 for count in read]
    spent = [sum(s.parts[part] for part in ("restore", "prefill", "decode")) for s in samples]
    return {
        "ratio": statistics.median(a / b for a, b in zip(spent, least, strict=True)),
        "decode_ratio": _stage_ratio(samples, traffic, bandwidth, "decode"),
        "prefill_ratio": _stage_ratio(samples, traffic, bandwidth, "prefill"),
        "spent_ms": statistics.median(spent),
        "least_ms": statistics.median(least),
        "read_mb": statistics.median(read) / 1e6,
        "batch_mb": traffic.layers / 1e6,
        "bandwidth_gb_s": bandwidth / 1e9,
    }


def _stage_ratio(
    samples: Sequence[Sample], traffic: Traffic, bandwidth: float, stage: str
) -> float:
    ratios = []
    for sample in samples:
        if steps := [step for step in sample.work.steps if step.stage == stage]:
            spent = sum(step.milliseconds for step in steps)
            ratios.append(spent / (traffic.steps(steps) / bandwidth * 1000))
    return statistics.median(ratios) if ratios else 0.0
