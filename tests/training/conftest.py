"""Fixtures: a tiny base model, its tokenizer, and random homes with what is said to them."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.core import tiny_gguf

if TYPE_CHECKING:
    from training.dataset.lexicon import Lexicon
    from training.model import HomeModel
    from training.tokenizer import GgufTokenizer

# The other environment has no torch: nothing here can even be imported there.
collect_ignore_glob = ["*"] if importlib.util.find_spec("torch") is None else []

RANK, ALPHA = 4, 8.0
_FOLDERS = Path(__file__).parents[2] / "training" / "languages"
LANGUAGES = tuple(sorted(path.parent.name for path in _FOLDERS.glob("*/lexicon.yaml")))


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    """Tiny matrices on many threads are slower than on one."""
    import torch

    torch.set_num_threads(1)


@pytest.fixture(scope="session", autouse=True)
def not_compiled() -> Iterator[None]:
    """Compiling takes longer than all that a test trains."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("training.eight_bits.has_compiler", lambda: False)
        yield


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny base model with random weights."""
    return tiny_gguf.write(tmp_path_factory.mktemp("base") / "tiny.gguf", prompt="home-1")


@pytest.fixture(scope="session")
def tokenize(base: Path) -> GgufTokenizer:
    """The tiny base's tokenizer."""
    from training.tokenizer import GgufTokenizer

    return GgufTokenizer(base)


@pytest.fixture
def make_model(base: Path) -> Callable[..., HomeModel]:
    """Loads the tiny base with fresh adapters."""
    import torch

    from training.model import HomeModel

    def make(rank: int = RANK) -> HomeModel:
        torch.manual_seed(0)
        model = HomeModel.from_gguf(base, rank, ALPHA, torch.float32)
        for layer in model.peft.base_model.model.model.layers:
            # GGUF files do not say it, and transformers assumes Gemma's head size of 256.
            layer.self_attn.scaling = tiny_gguf.HEAD_SIZE**-0.5
        return model

    return make


@pytest.fixture(scope="session")
def lexicons() -> dict[str, Lexicon]:
    """By language; reading them takes a while."""
    from training.dataset.lexicon import Lexicon

    return {code: Lexicon.load(code) for code in LANGUAGES}


@pytest.fixture(scope="session")
def records(lexicons: dict[str, Lexicon]) -> dict[str, list[dict[str, Any]]]:
    """By language: twelve homes with a dozen sentences each."""
    from training.dataset.__main__ import Generator

    made = {}
    for code in LANGUAGES:
        generator = Generator(code, lexicons)
        made[code] = [generator.record(f"test/{code}/{i}", 12) for i in range(12)]
    return made
