"""A trace in words and numbers, for people: the response of `ask`, and the debug view."""

from __future__ import annotations

import hashlib
import math
from typing import Any, Final

from .core.calls import FunctionCall
from .core.prompt import build_static, known, listed
from .core.resolve import Action, Ambiguous, Failed
from .core.tokens import spell
from .runtime import ModelRuntime
from .trace import Step, Trace

#: A share below this is nothing a person would look at.
_WORTH_TELLING: Final = 0.005


def findings(trace: Trace) -> dict[str, Any]:
    """What the model considered, what was chosen and what came of it; ready for JSON.

    `confidence`, `no_call` and the candidates' `probability` are shares of one.
    """
    decoded = trace.decoded
    # The fallback agent's answer is not known before it is asked.
    silent = trace.dry_run and trace.handed_over
    return {
        "decision": trace.decision.value,
        "confidence": _share(trace.confidence),
        "no_call": _share(decoded.no_call if decoded else None),
        "candidates": _candidates(trace),
        "calls": [_step(step, trace) for step in trace.steps],
        "confirmation": trace.confirmation,
        "handed_over_to": trace.handed_over,
        "reply": None if silent else trace.reply or None,
        "remembered": bool(decoded and decoded.remembered),
        "timings": timings(trace),
    }


def summary(trace: Trace) -> str:
    """The confidence, and below it what was considered, in Markdown and in no language.

    A dash is "nothing to call". Empty where the model was not asked.
    """
    candidates = [found for found in _candidates(trace) if found["probability"] >= _WORTH_TELLING]
    if not candidates or trace.confidence is None:
        return ""
    lines = [
        f"- {_percent(found['probability'])} " + (", ".join(map(_code, found["calls"])) or "–")
        for found in candidates
    ]
    return "\n".join([f"**{_percent(trace.confidence)}**", "", *lines])


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %"


def _code(call: dict[str, Any]) -> str:
    arguments = ", ".join(f"{key}: {value}" for key, value in call["arguments"].items())
    plain = f"{call['function']}({arguments})".replace("`", "'")
    return f"`{' '.join(plain.split())}`"


def timings(trace: Trace) -> dict[str, float]:
    """Milliseconds by part."""
    parts = {**(trace.decoded.timings if trace.decoded else {}), **trace.timings}
    return {name: round(milliseconds, 1) for name, milliseconds in parts.items()}


def prompt(trace: Trace, runtime: ModelRuntime) -> dict[str, Any] | None:
    """What the model read, in parts; None where it was not asked.

    The whole static prompt is told by its length and hash: equal hashes are equal prompts.
    """
    if (seen := trace.seen) is None:
        return None
    info = runtime.info
    home = listed(seen.home, info.domains if info else None)
    functions = known(seen.functions, info.functions if info else None)
    static = build_static(home, functions, style=runtime.style, text=seen.text)
    text = spell(static.segments)
    decoded = trace.decoded
    return {
        **({"instructions": seen.text} if seen.text else {}),
        "functions": [function.name for function in functions],
        "listing": static.listed.listing(),
        "turn": spell(static.turn(seen.turn)),
        "characters": len(text),
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
        "prompt_tokens": decoded.prompt_tokens if decoded else None,
        "turn_tokens": decoded.turn_tokens if decoded else None,
    }


def _candidates(trace: Trace) -> list[dict[str, Any]]:
    """The complete answers, best first; an answer without calls is "nothing to call"."""
    if (decoded := trace.decoded) is None:
        return []
    shares = [math.exp(answer.logprob) for answer in decoded.answers]
    whole = max(decoded.mass, sum(shares)) or 1.0
    return [
        {"probability": _share(share / whole), "calls": [_call(call) for call in answer.calls]}
        for answer, share in zip(decoded.answers, shares, strict=True)
    ]


def _step(step: Step, trace: Trace) -> dict[str, Any]:
    found: dict[str, Any] = {**_call(step.call), "decision": step.decision.value}
    resolved = step.resolved
    if isinstance(resolved, Action):
        found["action"] = resolved.service
        found["data"] = dict(resolved.data)
        found["entities"] = [entity.entity_id for entity in resolved.entities]
    elif isinstance(resolved, Ambiguous):
        found["which_of"] = [entity.entity_id for entity in resolved.candidates]
    elif isinstance(resolved, Failed):
        found["problem"] = {"reason": resolved.reason, "value": resolved.value}
    if step.outcome is not None and not trace.dry_run:
        found["done"] = [entity.entity_id for entity in step.outcome.done]
        found["failed"] = [entity.entity_id for entity in step.outcome.failed]
    return found


def _call(call: FunctionCall) -> dict[str, Any]:
    return {"function": call.name, "arguments": dict(call.arguments)}


def _share(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
