"""All measurements, one after the other, and the numbers that come of them."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from custom_components.functiongemma.core.home import Home
from custom_components.functiongemma.core.tokens import Segment

from . import machine, pi, prompts, rows
from .agent import Agent, Sample
from .homes import SIZES, make_home, renamed
from .naive import ask_stock, summary
from .numbers import medians, rounded
from .options import Options
from .progress import Progress
from .sentences import FEW, SENTENCES
from .traffic import Traffic

#: The home that rows with one number are about.
REFERENCE: Final = 100
#: Homes that are asked about in the naive way. The prompt of 1,000 devices would take minutes.
NAIVE_SIZES: Final = (25, 100)

#: Fewest restarts and renamings to take a median of.
_FEWEST: Final = 3


async def measure(
    options: Options, model: Path, folder: Path, progress: Progress
) -> dict[str, Any]:
    """All rows; `scripts/bench --help` describes them. `folder` is for what is kept meanwhile.

    Raises CoreError for a model that cannot be used, StockError.
    """
    sentences = FEW if options.quick else SENTENCES
    bench = _Bench(options, model, folder, progress, sentences)
    traffic = Traffic.of(model)  # before anything else: a file that is no model ends it here
    described = machine.describe(options.threads)
    progress("memory bandwidth")
    paces = [machine.bandwidth(options.threads)]
    warm: dict[int, list[Sample]] = {}
    found: dict[str, Any] = {}
    for size in SIZES:
        warm[size], more = await bench.warm(size)
        found[str(size)] = rows.warm(warm[size]) | more.pop("row")
        described |= more.pop("machine", {})
        if size == REFERENCE:
            alone = more | await bench.cold()
    naive, peer = await bench.naive(), await bench.peer() if options.peer else {}
    progress("memory bandwidth, once more")
    paces.append(machine.bandwidth(options.threads))
    reference = warm[REFERENCE]
    bus = rows.bus(reference, traffic, max(paces))
    results = {
        "warm": found,
        "naive": naive,
        **({"peer": peer} if options.peer else {}),
        "ratio_naive_to_ours": rows.ratio(naive["25"], warm[25]),
        **alone,
        "worker_rss_mb": found[str(REFERENCE)]["memory"].get("rss_mb"),
        "model_mb": model.stat().st_size / 1e6,
        "python_ms": statistics.median(sample.parts["python"] for sample in reference),
        "bus_ratio": bus["ratio"],
        "bus": bus,
        "pi": {str(n): pi.estimates(samples, traffic) for n, samples in warm.items()},
        "machine": described,
        "options": {"rounds": options.rounds, "sentences": len(sentences), "quick": options.quick},
    }
    shortened: dict[str, Any] = rounded(results)  # type: ignore[assignment]
    return shortened


class _Bench:
    def __init__(
        self,
        options: Options,
        model: Path,
        folder: Path,
        progress: Progress,
        sentences: Sequence[str],
    ) -> None:
        self._options = options
        self._model = model
        self._folder = folder
        self._progress = progress
        self._sentences = sentences

    def _start(self, size: int) -> Any:
        return Agent.start(self._folder / str(size), self._model, self._options.threads)

    async def warm(self, size: int) -> tuple[list[Sample], dict[str, Any]]:
        """Every sentence, `rounds` times; `row`: more for the row of this size."""
        home = make_home(size)
        stage = f"{size} devices"
        self._progress(stage, "the model reads the home")
        async with self._start(size) as agent:
            prepared = await agent.prepare(home)
            samples: list[Sample] = []
            first: list[float] = []
            again: list[float] = []
            for turn in range(self._options.rounds + 1):
                for number, text in enumerate(self._sentences):
                    self._progress(stage, f"round {turn}, sentence {number + 1}")
                    sample = await agent.understand(home, text)
                    if turn:
                        samples.append(sample)
                    else:  # what is said for the first time has to be guessed worse
                        first.append(sample.milliseconds)
                    again.append(await agent.again(home, text))
            await asyncio.sleep(1)  # memory is what is kept between two sentences
            info = agent.runtime.info
            more: dict[str, Any] = {
                "row": {
                    "memory": machine.memory(info.pid) if info else {},
                    "first_ms": statistics.median(first),
                    "again_ms": statistics.median(again),
                    **({"prepare_ms": prepared} if size == REFERENCE else {}),
                }
            }
            if size == REFERENCE:
                more |= await self._rename(agent, home, samples)
        if info is not None:
            more["machine"] = {"model": info.description, "model_file": self._model.name}
        return samples, more

    async def _rename(self, agent: Agent, home: Home, warm: Sequence[Sample]) -> dict[str, Any]:
        """A renamed device: its evaluation in the background; what a sentence at once waits."""
        text = self._sentences[0]
        usual = statistics.median(s.milliseconds for s in warm if s.text == text)
        background, waits = [], []
        for number in range(max(self._options.rounds, _FEWEST)):
            self._progress("a device is renamed", f"{number + 1}")
            background.append(await agent.prepare(renamed(home, 2 * number)))
            at_once = await agent.understand(renamed(home, 2 * number + 1), text)
            waits.append(max(at_once.milliseconds - usual, 0.0))
        return {
            "rename_ms": statistics.median(background),
            "rename_wait_ms": statistics.median(waits),
        }

    async def cold(self) -> dict[str, Any]:
        """The first sentence after a restart: the process, the model, the snapshot, the sentence.

        The files were read before, so the system has them in memory.
        """
        home = make_home(REFERENCE)
        times = []
        async with self._start(REFERENCE) as agent:
            await agent.prepare(home)  # renamed ones may have taken its place on the disk
        for number in range(max(self._options.rounds, _FEWEST)):
            self._progress("restarts", f"{number + 1}")
            began = time.perf_counter()
            async with self._start(REFERENCE) as agent:
                loaded = time.perf_counter()
                sample = await agent.understand(home, self._sentences[0])
                load = (loaded - began) * 1000
            times.append({"load_ms": load, "sentence_ms": sample.milliseconds})
        totals = [row["load_ms"] + row["sentence_ms"] for row in times]
        return {"cold_ms": statistics.median(totals), "cold": medians(times)}

    async def naive(self) -> dict[str, Any]:
        """Homes of 25 and 100 devices through llama-cpp-python's own interface."""
        return {
            str(size): await self._stock(
                f"the naive way, {size} devices",
                size,
                lambda home, text, _: prompts.naive(home, text),
            )
            for size in (NAIVE_SIZES[:1] if self._options.quick else NAIVE_SIZES)
        }

    async def peer(self) -> dict[str, Any]:
        """The same in home-llm's way of asking."""
        return {
            str(size): await self._stock(f"the peer's way, {size} devices", size, prompts.peer)
            for size in (NAIVE_SIZES[:1] if self._options.quick else NAIVE_SIZES)
        }

    async def _stock(
        self, stage: str, size: int, prompt: Callable[[Home, str, int], list[Segment]]
    ) -> dict[str, Any]:
        home = make_home(size)
        texts = self._sentences[: 1 if self._options.quick else len(FEW)]
        self._progress(stage, "loading")
        answers = await ask_stock(
            self._model,
            [prompt(home, text, turn) for turn, text in enumerate(texts)],
            threads=self._options.threads,
            told=lambda number: self._progress(stage, f"sentence {number + 1} of {len(texts)}"),
        )
        times = [answer["ms"] for answer in answers]
        return summary(answers) | {"by_sentence": dict(zip(texts, times, strict=True))}
