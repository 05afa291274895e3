"""A run learns, and one that was interrupted ends where an uninterrupted one does."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from custom_components.functiongemma.core.assemble.adapter import write_adapter
from training.adapter import to_adapter
from training.model import HomeModel
from training.sequences import Encoder, Sequence, build_sequence
from training.tokenizer import GgufTokenizer
from training.train import (
    Config,
    Trainer,
    answer_vocabulary,
    endless,
    learning_rate,
    main,
    parse_arguments,
    run,
)

MakeModel = Callable[..., HomeModel]
CONFIG = Config(rank=4, alpha=8, learning_rate=5e-3, warmup=0.2, accumulate=2, seed=3)


@pytest.fixture(scope="session")
def sequences(tokenize: GgufTokenizer, records: dict[str, list[dict[str, Any]]]) -> list[Sequence]:
    """Some short ones."""
    encoder = Encoder(tokenize)
    small = sorted(records["en"], key=lambda row: len(row["home"]["entities"]))[:5]
    return [s for row in small for s in encoder.sequences(row, blocks=6, limit=4000)]


def options(**values: Any) -> argparse.Namespace:
    return argparse.Namespace(**{"steps": 6, "minutes": 1, "checkpoint_minutes": 60, **values})


def mean_loss(trainer: Trainer, sequences: list[Sequence]) -> float:
    vocabulary = answer_vocabulary(sequences)
    with torch.no_grad():
        losses = [float(trainer.loss(sequence, vocabulary)) for sequence in sequences]
    return sum(losses) / len(losses)


def test_a_run_learns(make_model: MakeModel, sequences: list[Sequence], tmp_path: Path) -> None:
    config = replace(CONFIG, learning_rate=0.1, accumulate=1)
    trainer, few = Trainer(make_model(), config, tmp_path, "cpu"), sequences[:4]
    before = mean_loss(trainer, few)
    run(trainer, few, options(steps=20))
    after = mean_loss(trainer, few)
    assert after < 0.7 * before
    assert trainer.progress.step == 20
    assert trainer.progress.share == 1
    assert trainer.model.special_rows.abs().max() > 0


class Interrupted(Trainer):
    """Switched off in the middle of its fourth step."""

    def step(self, batch: list[Sequence], vocabulary: torch.Tensor) -> float:
        if self.progress.step == 3:
            raise KeyboardInterrupt
        return super().step(batch, vocabulary)


def test_a_resumed_run_ends_as_an_uninterrupted_one(
    make_model: MakeModel, sequences: list[Sequence], tmp_path: Path
) -> None:
    whole = Trainer(make_model(), CONFIG, tmp_path / "whole", "cpu")
    run(whole, sequences, options())
    first = Interrupted(make_model(), CONFIG, tmp_path / "parts", "cpu")
    with pytest.raises(KeyboardInterrupt):
        run(first, sequences, options(checkpoint_minutes=0))
    second = Trainer(make_model(), CONFIG, tmp_path / "parts", "cpu")
    second.load()
    assert second.progress.step == 3
    run(second, sequences, options())
    assert second.progress.sentences == whole.progress.sentences
    found, expected = second.model.trained_state(), whole.model.trained_state()
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        assert torch.equal(found[name], value), name


def test_another_run_begins_with_the_parameters_only(
    make_model: MakeModel, sequences: list[Sequence], tmp_path: Path
) -> None:
    first = Trainer(make_model(), CONFIG, tmp_path, "cpu")
    run(first, sequences, options(steps=2))
    other = Trainer(make_model(), CONFIG, tmp_path, "cpu")
    other.start_from(tmp_path)
    assert other.progress.step == 0
    assert not any(optimizer.state for optimizer in other.optimizers.values())
    assert torch.equal(other.model.special_rows, first.model.special_rows)


def test_a_checkpoint_is_whole_and_says_what_made_it(make_model: MakeModel, tmp_path: Path) -> None:
    trainer = Trainer(make_model(), CONFIG, tmp_path / "new" / "folder", "cpu")
    trainer.save()
    names = {path.name for path in trainer.out.iterdir()}
    assert names == {"checkpoint.pt", "config.json"}
    config = json.loads((trainer.out / "config.json").read_text())
    assert (config["rank"], config["learning_rate"]) == (4, 5e-3)
    with pytest.raises(FileNotFoundError):
        Trainer(make_model(), CONFIG, tmp_path / "elsewhere", "cpu").load()


def test_the_loss_is_that_of_the_answers_tokens(
    make_model: MakeModel, sequences: list[Sequence], tmp_path: Path
) -> None:
    trainer = Trainer(make_model(), CONFIG, tmp_path, "cpu")
    sequence = sequences[0]
    everything = torch.arange(trainer.model.embedding.shape[0])
    with torch.no_grad():
        hidden = trainer.model.hidden(sequence.ids, sequence.prefix, sequence.groups)
        logits = hidden @ trainer.model.embedding.T  # fresh: no special rows yet
        expected = torch.nn.functional.cross_entropy(logits, sequence.labels, ignore_index=-100)
        found = trainer.loss(sequence, everything)
    assert float(found) == pytest.approx(float(expected), rel=1e-4)


def test_the_learning_rate_rises_and_falls() -> None:
    config = Config(learning_rate=1.0, warmup=0.1, floor=0.05)
    rates = [learning_rate(config, share / 100) for share in range(101)]
    assert rates[0] == 0.05  # not zero: the first step would be lost
    assert rates[5] == pytest.approx(0.5)
    assert max(rates) == rates[10] == 1.0
    assert rates[10:] == sorted(rates[10:], reverse=True)
    assert rates[55] == pytest.approx(0.05 + 0.95 / 2)
    assert rates[100] == pytest.approx(0.05)
    assert learning_rate(config, 1.3) == pytest.approx(0.05)


def numbered(count: int) -> list[Sequence]:
    from training.sequences import Example

    return [build_sequence([2], [Example([9, 100 + i], 1)]) for i in range(count)]


def firsts(batches: list[list[Sequence]]) -> list[list[int]]:
    return [[int(sequence.ids[-1]) - 100 for sequence in batch] for batch in batches]


def test_every_epoch_sees_everything_in_another_order() -> None:
    batches = endless(numbered(6), 2, seed=1, skip=0)
    epochs = [
        [number for batch in firsts([next(batches) for _ in range(3)]) for number in batch]
        for _ in range(4)
    ]
    assert all(sorted(epoch) == [0, 1, 2, 3, 4, 5] for epoch in epochs)
    assert len({tuple(epoch) for epoch in epochs}) == 4


def test_a_resumed_run_sees_what_was_left() -> None:
    whole, rest = endless(numbered(5), 2, 1, 0), endless(numbered(5), 2, 1, 7)
    for _ in range(7):
        next(whole)
    assert firsts([next(whole) for _ in range(5)]) == firsts([next(rest) for _ in range(5)])


def test_too_few_sequences_for_a_step_are_an_error() -> None:
    with pytest.raises(ValueError, match="a step needs 3 sequences, there are 2"):
        next(endless(numbered(2), 3, 1, 0))


def test_the_answers_vocabulary_holds_labels_and_special_tokens() -> None:
    assert answer_vocabulary(numbered(2)).tolist() == [*range(46, 53), 100, 101]


def test_the_command_trains_and_goes_on(
    base: Path, records: dict[str, list[dict[str, Any]]], tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    data, out = tmp_path / "data", tmp_path / "out"
    data.mkdir()
    small = sorted(records["en"], key=lambda row: len(row["home"]["entities"]))[:2]
    (data / "en.jsonl").write_text("".join(json.dumps(row) + "\n" for row in small))
    command = ["--base", str(base), "--data", str(data), "--out", str(out), "--device", "cpu"]
    command += ["--rank", "2", "--limit", "4000", "--blocks", "4"]
    main([*command, "--steps", "2"])
    main([*command, "--steps", "3", "--resume"])
    printed = capsys.readouterr().out
    assert "step 1 " in printed
    assert "step 3 " in printed
    assert printed.count("100.0 %") == 2
    main([*command, "--steps", "1", "--init", str(out), "--out", str(tmp_path / "next")])
    assert (tmp_path / "next" / "checkpoint.pt").is_file()


def test_what_is_shipped_can_be_trained_on(make_model: MakeModel, tmp_path: Path) -> None:
    model = make_model()
    torch.manual_seed(5)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.requires_grad:
                # Values that 16 bits hold exactly.
                parameter.copy_(torch.randint(-64, 64, parameter.shape) / 64)
    state, path = model.trained_state(), tmp_path / "home.lora.gguf"
    write_adapter(
        path, to_adapter(state, model.alpha, ["light.turn_on", "cover.open_cover"], ["light"])
    )
    config = Config(rank=model.rank, alpha=model.alpha)
    trainer = Trainer(make_model(), config, tmp_path / "out", "cpu")
    trainer.start_from(path)
    for name, value in trainer.model.trained_state().items():
        assert torch.equal(value, state[name]), name
    assert trainer.functions == {"light.turn_on", "cover.open_cover"}
    assert trainer.domains == {"light"}
    other = Config(rank=model.rank, alpha=model.alpha + 1)
    with pytest.raises(ValueError, match="--alpha"):
        Trainer(make_model(), other, tmp_path / "out", "cpu").start_from(path)


def test_what_was_trained_on_before_counts(
    base: Path, records: dict[str, list[dict[str, Any]]], tmp_path: Path
) -> None:
    """Somebody's own house has few kinds of devices; the model does not forget the others."""
    data, out = tmp_path / "data", tmp_path / "out"
    data.mkdir()
    command = ["--base", str(base), "--data", str(data), "--device", "cpu"]
    command += ["--rank", "2", "--limit", "4000", "--blocks", "4", "--steps", "1"]
    first, second = sorted(records["en"], key=lambda row: len(row["home"]["entities"]))[:2]
    for row, target, more in (
        ({**first, "functions": ["lock.lock", *first["functions"]]}, out, []),
        (second, tmp_path / "next", ["--init", str(out)]),
    ):
        (data / "en.jsonl").write_text(json.dumps(row) + "\n" + json.dumps(row) + "\n")
        main([*command, "--accumulate", "1", "--out", str(target), *more])
    saved = torch.load(tmp_path / "next" / "checkpoint.pt")
    assert {"lock.lock", *first["functions"], *second["functions"]} == {*saved["functions"]}
    entities = [*first["home"]["entities"], *second["home"]["entities"]]
    assert {entity["id"].partition(".")[0] for entity in entities} == {*saved["domains"]}


def test_no_data_is_an_error(base: Path, tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="no usable records"):
        main(["--base", str(base), "--data", str(tmp_path), "--out", str(tmp_path)])


def test_every_setting_is_an_option() -> None:
    needed = ["--base", "b", "--data", "d", "--out", "o"]
    args = parse_arguments([*needed, "--learning-rate", "0.1", "--blocks", "3"])
    assert (args.learning_rate, args.blocks, args.rank) == (0.1, 3, Config.rank)
