"""python -m training.train --data DIR --out DIR [--minutes M] [--resume]

Trains the LoRA adapter and the special-token rows. On a CPU it is given minutes and uses them all,
the learning rate following the clock; a later run with `--resume` goes on from the last checkpoint.
A CPU multiplies the frozen weights in int8 (`eight_bits.py`), a CUDA GPU computes in bf16.
`--steps` counts instead of minutes.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from custom_components.functiongemma.core.assemble.adapter import read_adapter

from .adapter import to_state, trained_on
from .eight_bits import measure_columns, use_eight_bits
from .model import SPECIAL_COUNT, SPECIAL_FIRST, HomeModel
from .sequences import IGNORE, Encoder, Sequence, read_records
from .tokenizer import GgufTokenizer


@dataclass
class Config:
    """Everything that decides the result; saved beside the checkpoint."""

    rank: int = 32
    alpha: float = 64
    learning_rate: float = 6e-4
    warmup: float = 0.03
    """Share of the run in which the learning rate rises."""
    floor: float = 0.03
    """Learning rate at the end, as a share of its peak."""
    blocks: int = 24
    """Sentences a sequence."""
    accumulate: int = 1
    """Sequences a step."""
    limit: int = 1600
    """Longest prefix, in tokens."""
    clip: float = 1.0
    seed: int = 1


@dataclass
class Progress:
    """Where the run stands."""

    step: int = 0
    sentences: int = 0
    share: float = 0.0
    """0 to 1: how much of the run is done."""
    seconds: float = 0.0


def learning_rate(config: Config, share: float) -> float:
    """Linear warm-up, then a cosine down to the floor. `share`: 0 to 1."""
    if share < config.warmup:
        return config.learning_rate * max(share / config.warmup, 0.05)
    done = (share - config.warmup) / (1 - config.warmup)
    wave = 0.5 * (1 + math.cos(math.pi * min(done, 1)))
    return config.learning_rate * (config.floor + (1 - config.floor) * wave)


def optimizers(model: HomeModel, rate: float) -> dict[str, torch.optim.Optimizer]:
    """Muon for the LoRA's matrices, AdamW for the special rows, at one learning rate.

    A step is the sentences of one home, of which AdamW's steps follow the noise: LOG.md compares.
    """
    trained = {name: p for name, p in model.named_parameters() if p.requires_grad}
    matrices = [p for name, p in trained.items() if "lora_" in name]
    rows = [p for name, p in trained.items() if "lora_" not in name]
    return {
        "matrices": torch.optim.Muon(
            matrices, lr=rate, weight_decay=0.0, momentum=0.95, adjust_lr_fn="match_rms_adamw"
        ),
        "rows": torch.optim.AdamW(rows, lr=rate, betas=(0.9, 0.99), weight_decay=0.0),
    }


def answer_vocabulary(sequences: list[Sequence]) -> Tensor:
    """Sorted ids that occur as a label anywhere, and the special tokens."""
    found = [s.labels[s.labels != IGNORE] for s in sequences]
    special = torch.arange(SPECIAL_FIRST, SPECIAL_FIRST + SPECIAL_COUNT)
    return torch.unique(torch.cat([*found, special]))


class Trainer:
    """One training run."""

    def __init__(self, model: HomeModel, config: Config, out: Path, device: str) -> None:
        self.model, self.config, self.out, self.device = model.to(device), config, out, device
        self.progress = Progress()
        self.functions: frozenset[str] = frozenset()
        """Names of the functions the model was trained on, earlier runs included."""
        self.domains: frozenset[str] = frozenset()
        """Domains of the entities it was trained on, likewise."""
        self.optimizers = optimizers(model, config.learning_rate)

    def loss(self, sequence: Sequence, vocabulary: Tensor) -> Tensor:
        """Mean cross-entropy of the answers' tokens."""
        ids, labels = sequence.ids.to(self.device), sequence.labels.to(self.device)
        vocabulary = vocabulary.to(self.device)
        with torch.autocast(self.device, torch.bfloat16, enabled=self.device == "cuda"):
            hidden = self.model.hidden(ids, sequence.prefix, sequence.groups)
            where = labels != IGNORE
            logits = self.model.logits(hidden[where], vocabulary)
        target = torch.searchsorted(vocabulary, labels[where])
        return torch.nn.functional.cross_entropy(logits.float(), target)

    def use_eight_bits(self, sequence: Sequence) -> None:
        """Compute with int8 weights from now on; how large columns are is seen in `sequence`."""
        model, ids = self.model, sequence.ids.to(self.device)
        columns = measure_columns(
            model, lambda: model.hidden(ids, sequence.prefix, sequence.groups)
        )
        use_eight_bits(model, columns)

    def step(self, batch: list[Sequence], vocabulary: Tensor) -> float:
        """One optimizer step on `batch`; returns the loss."""
        rate = learning_rate(self.config, self.progress.share)
        for optimizer in self.optimizers.values():
            for group in optimizer.param_groups:
                group["lr"] = rate
        total = 0.0
        for sequence in batch:
            loss = self.loss(sequence, vocabulary) / len(batch)
            loss.backward()  # type: ignore[no-untyped-call]
            total += float(loss.detach())
        parameters = [p for p in self.model.parameters() if p.requires_grad]
        torch.nn.utils.clip_grad_norm_(parameters, self.config.clip)
        for optimizer in self.optimizers.values():
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        self.progress.step += 1
        self.progress.sentences += sum(s.sentences for s in batch)
        return total

    def save(self) -> None:
        """Write the checkpoint so that an interruption at any moment leaves a whole one."""
        self.out.mkdir(parents=True, exist_ok=True)
        state = {
            "model": self.model.trained_state(),
            "optimizers": {name: o.state_dict() for name, o in self.optimizers.items()},
            "progress": asdict(self.progress),
            "config": asdict(self.config),
            "functions": sorted(self.functions),
            "domains": sorted(self.domains),
        }
        partial = self.out / "checkpoint.pt.part"
        torch.save(state, partial)
        partial.replace(self.out / "checkpoint.pt")
        (self.out / "config.json").write_text(json.dumps(asdict(self.config), indent=1) + "\n")

    def load(self) -> None:
        """Continue from the checkpoint in `out`; raises FileNotFoundError without one."""
        state = torch.load(self.out / "checkpoint.pt", map_location=self.device)
        self.model.load_trained_state(state["model"])
        self.functions = frozenset(state["functions"])
        self.domains = frozenset(state["domains"])
        for name, optimizer in self.optimizers.items():
            optimizer.load_state_dict(state["optimizers"][name])
        self.progress = Progress(**state["progress"])

    def start_from(self, path: Path) -> None:
        """Begin with the parameters of another run's folder, or of an adapter file (a GGUF).

        Raises FileNotFoundError, ValueError for another rank, and what `read_adapter` raises.
        """
        if path.is_file():
            adapter = read_adapter(path)
            if adapter.alpha != self.config.alpha:
                raise ValueError(f"the adapter was trained with --alpha {adapter.alpha:g}")
            state = to_state(adapter, self.model.trained_state())
            self.functions, self.domains = trained_on(adapter)
        else:
            saved = torch.load(path / "checkpoint.pt", map_location=self.device)
            state, self.functions = saved["model"], frozenset(saved["functions"])
            self.domains = frozenset(saved["domains"])
        self.model.load_trained_state(state)


def endless(sequences: list[Sequence], size: int, seed: int, skip: int) -> Iterator[list[Sequence]]:
    """Batches for ever, shuffled anew every epoch; the first `skip` are passed over (resume).

    Raises ValueError when there are not enough sequences for one batch.
    """
    if len(sequences) < size:
        raise ValueError(f"a step needs {size} sequences, there are {len(sequences)}")
    generator = random.Random(seed)
    while True:
        order = list(range(len(sequences)))
        generator.shuffle(order)
        for start in range(0, len(order) - size + 1, size):
            if skip > 0:
                skip -= 1
                continue
            yield [sequences[i] for i in order[start : start + size]]


def run(trainer: Trainer, sequences: list[Sequence], args: argparse.Namespace) -> None:
    """Train until the minutes or steps are used up, with checkpoints and a line a step."""
    vocabulary = answer_vocabulary(sequences)
    progress = trainer.progress
    before, saved, started = progress.seconds, time.monotonic(), time.monotonic()
    smooth = None
    batches = endless(sequences, trainer.config.accumulate, trainer.config.seed, progress.step)
    for batch in batches:
        loss = trainer.step(batch, vocabulary)
        progress.seconds = before + time.monotonic() - started
        progress.share = (
            progress.step / args.steps if args.steps else progress.seconds / (args.minutes * 60)
        )
        smooth = loss if smooth is None else 0.9 * smooth + 0.1 * loss
        rate = progress.sentences / progress.seconds
        print(
            f"step {progress.step}  loss {loss:.3f} ({smooth:.3f})  {progress.sentences} sentences"
            f"  {rate:.1f}/s  {100 * progress.share:.1f} %",
            flush=True,
        )
        finished = progress.share >= 1
        if finished or time.monotonic() - saved > args.checkpoint_minutes * 60:
            trainer.save()
            saved = time.monotonic()
        if finished:
            return


def parse_arguments(argv: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="training.train", description=__doc__)
    parser.add_argument("--base", type=Path, required=True, help="base model, a GGUF")
    parser.add_argument("--data", type=Path, required=True, help="folder of training.dataset")
    parser.add_argument("--out", type=Path, required=True, help="folder of the checkpoint")
    parser.add_argument("--minutes", type=float, default=60, help="time to train for")
    parser.add_argument("--steps", type=int, help="steps to train for, instead of minutes")
    parser.add_argument("--resume", action="store_true", help="go on from the checkpoint")
    parser.add_argument("--init", type=Path, help="start from another run's folder or an adapter")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--float32", action="store_true", help="no int8 on a CPU: slower")
    parser.add_argument("--threads", type=int, help="CPU threads")
    parser.add_argument("--checkpoint-minutes", type=float, default=5)
    for name, value in asdict(Config()).items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(value), default=value)
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> None:
    """Entry point of the command."""
    args = parse_arguments(argv)
    if args.threads:
        torch.set_num_threads(args.threads)
    fields: dict[str, Any] = {name: getattr(args, name) for name in asdict(Config())}
    config = Config(**fields)
    torch.manual_seed(config.seed)
    encoder = Encoder(GgufTokenizer(args.base))
    print("reading and tokenizing the data …", flush=True)
    records = read_records(args.data)
    sequences = [
        sequence
        for record in records
        for sequence in encoder.sequences(record, blocks=config.blocks, limit=config.limit)
    ]
    if not sequences:
        raise SystemExit(f"no usable records in {args.data}")
    tokens = sum(len(s.ids) for s in sequences)
    print(f"{len(sequences)} sequences, {tokens} tokens; loading the base …", flush=True)
    dtype = torch.bfloat16 if args.device == "cuda" else torch.float32
    model = HomeModel.from_gguf(args.base, config.rank, config.alpha, dtype)
    trainer = Trainer(model, config, args.out, args.device)
    if args.resume:
        trainer.load()
    elif args.init:
        trainer.start_from(args.init)
    trainer.functions |= {name for record in records for name in record["functions"]}
    trainer.domains |= {
        entity["id"].partition(".")[0] for r in records for entity in r["home"]["entities"]
    }
    if args.device == "cpu" and not args.float32:
        trainer.use_eight_bits(sequences[0])
    run(trainer, sequences, args)


if __name__ == "__main__":
    main()
