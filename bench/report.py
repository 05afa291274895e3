"""The results as a Markdown table, with the goals beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

Results = Mapping[str, Any]

#: Megabytes of the base model as it is published, which the naive way would load.
_BASE_MB = 250


class Row(NamedTuple):
    """One row of the table, as text; `reached`: None where there is no goal."""

    name: str
    naive: str
    now: str
    goal: str
    reached: bool | None


def rows(results: Results) -> list[Row]:
    """The rows of `measure.measure`'s results."""
    warm, naive = results["warm"], results["naive"]
    ratio = results["ratio_naive_to_ours"]
    python, bus = results["python_ms"], results["bus"]
    found = [
        Row(
            "warm sentence, 25 devices: text → calls",
            _ms(naive, "25"),
            f"{_ms(warm, '25')}; {ratio:.0f}×",
            "≤ 90 ms, and ≥ 30× the naive way",
            warm["25"]["median_ms"] <= 90 and ratio >= 30,
        ),
        _row("warm, 100 devices", warm["100"]["median_ms"], 110, "ms", _ms(naive, "100")),
        _row("warm, 1,000 devices", warm["1000"]["median_ms"], 160, "ms"),
        _told("the same sentences for the first time, 100 devices", warm["100"].get("first_ms")),
        _told(
            "word for word what was said before, which is remembered, 100 devices",
            warm["100"].get("again_ms"),
        ),
        _row("first sentence after a restart, snapshot on disk", results["cold_ms"], 400, "ms"),
        Row(
            "after one device is renamed (100 devices)",
            "–",
            f"{results['rename_ms']:.0f} ms; a sentence at once waits "
            f"{results['rename_wait_ms']:.0f} ms",
            "≤ 600 ms in the background, no sentence waits for more",
            max(results["rename_ms"], results["rename_wait_ms"]) <= 600,
        ),
        _row(
            "resident memory of the worker", results["worker_rss_mb"], 200, "MB",
            _number(naive["25"].get("rss_mb"), "MB"),
        ),
        _row("model file", results["model_mb"], 110, "MB", f"{_BASE_MB} MB"),
        _row("our own Python a sentence: all but llama_decode", python, 5, "ms"),
        Row(
            "time in the worker ÷ (bytes that must be read ÷ memory bandwidth)",
            "–",
            f"{bus['ratio']:.1f} (search alone: {bus['decode_ratio']:.1f})",
            "≤ 1.5",
            bus["ratio"] <= 1.5,
        ),
    ]  # fmt: skip
    return found + list(_peer_rows(results))


def _peer_rows(results: Results) -> Iterator[Row]:
    for size, row in results.get("peer", {}).items():
        name = f"home-llm's way of asking, {size} devices, this model"
        yield Row(name, _number(row["median_ms"], "ms"), "–", "–", None)


def _row(name: str, now: float | None, goal: float, unit: str, naive: str = "–") -> Row:
    reached = None if now is None else now <= goal
    return Row(name, naive, _number(now, unit), f"≤ {goal:,.0f} {unit}", reached)


def _told(name: str, now: float | None) -> Row:
    """Milliseconds that have no goal."""
    return Row(name, "–", _number(now, "ms"), "–", None)


def _ms(sizes: Mapping[str, Any], size: str) -> str:
    return _number(sizes.get(size, {}).get("median_ms"), "ms")


def _number(value: float | None, unit: str) -> str:
    """A number with its unit: two digits where it is small; – for none."""
    if value is None:
        return "–"
    if unit == "ms" and value >= 10_000:
        return f"{value / 1000:.0f} s"
    return f"{value:,.0f} {unit}" if value >= 10 else f"{value:.1f} {unit}"


def table(head: Sequence[str], body: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *body]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def markdown(results: Results) -> str:
    """Everything for a reader: goals, parts, derived numbers, circumstances."""
    marks = {True: "yes", False: "no", None: "–"}
    goals = table(
        ["", "naive", "now", "goal", "reached"],
        [[*row[:4], marks[row.reached]] for row in rows(results)],
    )
    return "\n\n".join([goals, _parts(results), _derived(results), _circumstances(results)]) + "\n"


#: The parts of a sentence in the order they happen, and what they are.
PARTS = {
    "functions": "functions",
    "restore": "restore",
    "prefill": "prefill",
    "decode": "decode",
    "worker": "pipes; a new listing",
    "choose": "choose",
}


def _parts(results: Results) -> str:
    """Medians of the parts by number of devices."""
    head = ["devices", *PARTS.values(), "all (median)", "all (95 %)", "of it Python", "batches"]
    body = []
    for size, row in results["warm"].items():
        parts, steps = row["parts"], row["steps"]
        batches = sum(steps[f"{stage}_batches"] for stage in ("prepare", "prefill", "decode"))
        body.append(
            [
                f"{int(size):,}",
                *(f"{parts[part]:.1f}" for part in PARTS),
                f"{row['median_ms']:.0f}",
                f"{row['p95_ms']:.0f}",
                f"{parts['python']:.1f}",
                f"{batches:.0f}",
            ]
        )
    return "Medians of each part, in milliseconds:\n\n" + table(head, body)


def _derived(results: Results) -> str:
    """The Pi estimates, called what they are."""
    sizes = results["pi"]
    boards = list(next(iter(sizes.values())))
    body = [
        [f"{int(size):,}", *(f"{row[board]:.0f} ms" for board in boards)]
        for size, row in sizes.items()
    ]
    note = (
        "Derived, not measured: what a warm sentence would take on a Raspberry Pi, from the bytes "
        "and operations counted here and published speeds (`bench/pi.py`):"
    )
    return f"{note}\n\n{table(['devices', *boards], body)}"


def _circumstances(results: Results) -> str:
    machine, options, bus = results["machine"], results["options"], results["bus"]
    warm = results["warm"]["25"]
    return (
        f"Measured {machine['date']} with `scripts/bench --threads {machine['threads']} --rounds "
        f"{options['rounds']}` on {machine['processor']}, {machine['cores']} cores "
        f"({machine['architecture']}), {machine['threads']} thread(s) for the model, Python "
        f"{machine['python']}, llama-cpp-python {machine['llama_cpp_python']}; load before it "
        f"began: {machine['load']:.1f}. Model: {machine.get('model_file', '')} "
        f"({machine.get('model', '')}, {results['model_mb']:.0f} MB). {options['sentences']} "
        f"sentences, {warm['samples']} samples for each home, the first round "
        f"left out; the naive way: {results['naive']['25']['samples']} sentences, "
        f"{results['naive']['25']['prompt_tokens']:.0f} tokens of prompt. Memory: "
        f"{bus['bandwidth_gb_s']:.1f} GB/s; a sentence reads {bus['read_mb']:.0f} MB, which takes "
        f"{bus['least_ms']:.0f} ms. Rows with one number are about 100 devices. Files were in the "
        "system's memory."
    )
