"""The answer is the best of all, whatever the first token looks like."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Sequence

import numpy as np
import pytest

from custom_components.functiongemma.core import catalogue, tokens
from custom_components.functiongemma.core.calls import FunctionCall, call_segments
from custom_components.functiongemma.core.constraint import Constraint, Free, Ids, State, Vocabulary
from custom_components.functiongemma.core.decode import Logits, Search, decode, speak
from custom_components.functiongemma.core.errors import WorkerTimeoutError
from custom_components.functiongemma.core.home import Entity, Home

HOME = Home(
    (
        Entity("light.ceiling", "Ceiling", "Kitchen"),
        Entity("light.lamp", "Lamp", "Kitchen"),
        Entity("light.bed", "Ceiling", "Bedroom"),
        Entity("fan.attic", "Fan", "Attic"),
    )
)
NAMES = ("light.turn_off", "light.toggle", "fan.turn_on", "fan.set_direction")


@pytest.fixture
def constraint(vocabulary: Vocabulary) -> Constraint:
    return Constraint(HOME, [catalogue.BY_NAME[name] for name in NAMES], vocabulary)


class Noise:
    """A model whose every distribution is known: noise from the path, plus what a test wants."""

    def __init__(self, size: int, seed: int = 0, spread: float = 2.0) -> None:
        self.size = size
        self.seed = seed
        self.spread = spread
        self.wishes: dict[tuple[int, ...], dict[int, float]] = {}
        self.batches: list[list[tuple[int, ...]]] = []

    def wish(self, ids: Sequence[int], strength: float = 12.0) -> None:
        """Make every step of the answer `ids` likely."""
        for index, token in enumerate(ids):
            self.wishes.setdefault(tuple(ids[:index]), {})[token] = strength

    def logits(self, path: Sequence[int]) -> Logits:
        generator = np.random.default_rng([self.seed, *path])
        values = generator.normal(0, self.spread, self.size).astype(np.float32)
        for token, strength in self.wishes.get(tuple(path), {}).items():
            values[token] = strength
        return values

    def evaluate(
        self, paths: Sequence[Sequence[int]], wanted: Sequence[Ids | None]
    ) -> list[Logits]:
        self.batches.append([tuple(path) for path in paths])
        rows = [self.logits(path) for path in paths]
        return [r if ids is None else r[ids] for r, ids in zip(rows, wanted, strict=True)]


def size(vocabulary: Vocabulary) -> int:
    return len(vocabulary.ordinary())


def ids_of(vocabulary: Vocabulary, *calls: FunctionCall) -> list[int]:
    stop = tokens.START_FUNCTION_RESPONSE if calls else tokens.END_OF_TURN
    segments = [segment for call in calls for segment in call_segments(call)]
    return tokens.encode([*segments, stop], lambda text: list(vocabulary.tokenize(text)))


def all_scores(constraint: Constraint, engine: Noise, full: bool) -> dict[tuple[int, ...], float]:
    """The exact log-probability of every answer of one call, and of none."""
    found: dict[tuple[int, ...], float] = {}
    pending: list[tuple[tuple[int, ...], State, float]] = [((), constraint.start, 0.0)]
    while pending:
        path, state, score = pending.pop()
        if state.done or (state.calls and path[-1] == tokens.START_FUNCTION_CALL):
            if state.done:
                found[path] = score
            continue
        allowed = state.allowed()
        assert not isinstance(allowed, Free)
        values = engine.logits(path).astype(np.float64)
        chosen = values[allowed]
        over = values if full else chosen
        total = math.log(np.exp(over - over.max()).sum()) + over.max()
        if len(allowed) == 1:
            total = chosen[0]
        for token, value in zip(allowed.tolist(), chosen.tolist(), strict=True):
            pending.append(((*path, token), state.advance(token), score + value - total))
    return found


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("normalise", ["allowed", "full"])
def test_the_best_answer_of_all_is_found(
    constraint: Constraint, vocabulary: Vocabulary, seed: int, normalise: str
) -> None:
    engine = Noise(size(vocabulary), seed)
    # Another call is never likely here, so that the answers can be counted.
    search = Search(
        normalise="full" if normalise == "full" else "allowed",
        margin=1e-9,
        rest=1e-6,
        answers=5,
        budget=100_000,
    )
    for call in [(), *((c,) for c in _some_calls())]:
        closed = ids_of(vocabulary, *call)[:-1]
        if call:
            engine.wishes[tuple(closed)] = {
                tokens.START_FUNCTION_RESPONSE: 30.0,
                tokens.START_FUNCTION_CALL: -30.0,
            }
    expected = all_scores(constraint, engine, normalise == "full")
    best = max(expected.values())
    decoded = decode(constraint, engine, search)
    assert decoded.best is not None
    assert decoded.best.logprob == pytest.approx(best, abs=1e-4)
    assert [a.logprob for a in decoded.answers] == sorted(
        (a.logprob for a in decoded.answers), reverse=True
    )
    path = max(expected, key=lambda ids: expected[ids])
    assert tuple(ids_of(vocabulary, *decoded.best.calls)) == path


def _some_calls() -> list[FunctionCall]:
    targets: list[dict[str, str]] = [
        {"name": "Ceiling"},
        {"name": "Lamp"},
        {"area": "Kitchen"},
        {"area": "Bedroom"},
        {"area": "here"},
        {"area": "all"},
        {"area": "Kitchen", "name": "Ceiling"},
        {"area": "Bedroom", "name": "Ceiling"},
    ]
    fan: list[dict[str, str]] = [
        {"name": "Fan"},
        {"area": "Attic"},
        {"area": "here"},
        {"area": "all"},
    ]
    found = [FunctionCall(n, dict(t)) for n in ("light.turn_off", "light.toggle") for t in targets]
    found += [FunctionCall("fan.turn_on", dict(t)) for t in fan]
    found += [
        FunctionCall("fan.set_direction", {**t, "direction": d})
        for t in fan
        for d in ("forward", "reverse")
    ]
    return found


def test_an_early_wrong_turn_does_not_decide(
    constraint: Constraint, vocabulary: Vocabulary
) -> None:
    """`area` comes before `name` and looks a little better, until the values are read."""
    engine = Noise(size(vocabulary), spread=0.0)
    wrong = ids_of(vocabulary, FunctionCall("light.turn_off", {"area": "Kitchen"}))
    right = ids_of(vocabulary, FunctionCall("light.turn_off", {"name": "Lamp"}))
    engine.wish(right)
    fork = next(i for i, (a, b) in enumerate(zip(wrong, right, strict=False)) if a != b)
    engine.wishes[tuple(right[:fork])] = {wrong[fork]: 12.3, right[fork]: 12.0}
    decoded = decode(constraint, engine)
    assert decoded.best is not None
    assert decoded.best.calls == (FunctionCall("light.turn_off", {"name": "Lamp"}),)


def test_a_clear_sentence_is_one_sequence(constraint: Constraint, vocabulary: Vocabulary) -> None:
    engine = Noise(size(vocabulary), spread=0.5)
    call = FunctionCall("fan.turn_on", {"area": "Attic"})
    engine.wish(ids_of(vocabulary, call), 20.0)
    decoded = decode(constraint, engine)
    assert [answer.calls for answer in decoded.answers] == [(call,)]
    assert decoded.confidence > 0.99
    assert decoded.no_call < 0.01
    answer = tuple(ids_of(vocabulary, call))
    paths = [path for batch in engine.batches for path in batch]
    assert all(answer[: len(path)] == path for path in paths)
    lengths = [len(path) for path in paths]
    assert lengths == sorted(set(lengths))
    assert decoded.evaluated <= len(answer)


def test_how_a_call_begins_and_ends_costs_no_batch_of_its_own(
    constraint: Constraint, vocabulary: Vocabulary
) -> None:
    engine = Noise(size(vocabulary), spread=0.5)
    engine.wish(
        answer := ids_of(vocabulary, FunctionCall("light.turn_off", {"area": "Kitchen"})), 20.0
    )
    decode(constraint, engine)
    opening, *_, closing = engine.batches
    assert opening[0] == ()
    assert opening[1][0] == tokens.START_FUNCTION_CALL
    assert [path[-1] for path in closing] == [tokens.ESCAPE, tokens.END_FUNCTION_CALL]
    assert closing[1] == tuple(answer[:-1])


def test_two_likely_answers_are_both_found_and_share_the_confidence(
    constraint: Constraint, vocabulary: Vocabulary
) -> None:
    engine = Noise(size(vocabulary), spread=0.0)
    one = FunctionCall("light.turn_off", {"area": "Bedroom"})
    two = FunctionCall("light.toggle", {"area": "Bedroom"})
    for answer in (one, two):
        for index, token in enumerate(ids := ids_of(vocabulary, answer)):
            engine.wishes.setdefault(tuple(ids[:index]), {})[token] = 12.0
    decoded = decode(constraint, engine)
    found = [answer.calls for answer in decoded.answers[:2]]
    assert (one,) in found
    assert (two,) in found
    assert decoded.confidence == pytest.approx(0.5, abs=0.02)
    assert any(len(batch) == 2 for batch in engine.batches)


def test_nothing_to_call_is_an_answer(constraint: Constraint, vocabulary: Vocabulary) -> None:
    engine = Noise(size(vocabulary))
    engine.wish([tokens.END_OF_TURN], 20.0)
    decoded = decode(constraint, engine)
    assert decoded.best is not None
    assert decoded.best.calls == ()
    assert decoded.no_call > 0.99
    assert len(engine.batches) == 1


def test_a_home_without_functions_needs_no_model(vocabulary: Vocabulary) -> None:
    engine = Noise(size(vocabulary))
    decoded = decode(Constraint(HOME, [], vocabulary), engine)
    assert decoded.best is not None
    assert decoded.best.calls == ()
    assert decoded.confidence == decoded.no_call == 1
    assert not engine.batches


def test_a_model_that_speaks_calls_only_when_a_call_is_likelier_than_all_words(
    constraint: Constraint, vocabulary: Vocabulary
) -> None:
    engine = Noise(size(vocabulary), spread=0.0)
    word = vocabulary.tokenize("the")[0]
    engine.wishes[()] = {tokens.START_FUNCTION_CALL: 9.0, word: 10.0}
    assert decode(constraint, engine).no_call < 0.01
    decoded = decode(constraint, engine, speaks=True)
    assert decoded.best is not None
    assert decoded.best.calls == ()
    assert decoded.no_call > 0.7


def test_words_end_at_a_stop_token_or_at_the_budget(vocabulary: Vocabulary) -> None:
    engine = Noise(size(vocabulary), spread=0.0)
    text = [*vocabulary.tokenize("the lights are on"), tokens.END_OF_TURN]
    engine.wish(text)
    assert vocabulary.detokenize(speak(engine)) == "the lights are on"
    assert len(speak(engine, budget=2)) == 2


def test_words_end_at_the_deadline_or_when_nobody_waits_any_more(vocabulary: Vocabulary) -> None:
    engine = Noise(size(vocabulary), spread=0.0)
    engine.wish([*vocabulary.tokenize("the lights are on"), tokens.END_OF_TURN])
    whole = speak(engine, deadline=float("inf"))
    assert speak(engine, deadline=0.0) == []
    told = iter([False, False, True])
    assert speak(engine, cancelled=lambda: next(told)) == whole[:2]


def test_free_text_is_spelled_out(vocabulary: Vocabulary) -> None:
    home = Home((Entity("todo.list", "list"),))
    lists = Constraint(home, [catalogue.BY_NAME["todo.add_item"]], vocabulary)
    call = FunctionCall("todo.add_item", {"item": "2 x café, {4} 등", "name": "list"})
    engine = Noise(size(vocabulary), spread=0.5)
    engine.wish(ids_of(vocabulary, call), 20.0)
    decoded = decode(lists, engine)
    assert decoded.best is not None
    assert decoded.best.calls == (call,)


def test_past_the_deadline_the_best_so_far_counts_and_nothing_is_an_error(
    constraint: Constraint, vocabulary: Vocabulary
) -> None:
    engine = Noise(size(vocabulary))
    with pytest.raises(WorkerTimeoutError):
        decode(constraint, engine, deadline=time.monotonic() - 1)
    assert not engine.batches
    call = FunctionCall("fan.turn_on", {"area": "Attic"})
    stop = len(ids_of(vocabulary, call))
    engine = Noise(size(vocabulary), spread=3.0)
    engine.wish(ids_of(vocabulary, call), 15.0)
    seen = iter(range(10_000))
    greedy = Search(margin=1e-9, rest=0.0, answers=1000, budget=100_000)
    decoded = decode(constraint, engine, greedy, cancelled=lambda: next(seen) > stop)
    assert decoded.best is not None
    assert decoded.best.calls == (call,)


def test_the_budget_ends_a_search_that_leads_nowhere(
    constraint: Constraint, vocabulary: Vocabulary
) -> None:
    engine = Noise(size(vocabulary), spread=0.0)
    engine.wishes[()] = {tokens.START_FUNCTION_CALL: 20.0}
    decoded = decode(constraint, engine, Search(budget=6))
    assert decoded.best is None
    assert decoded.confidence == 0
    assert decoded.evaluated <= 6


def test_confidence_never_exceeds_certainty(vocabulary: Vocabulary) -> None:
    source = random.Random(3)
    for seed in range(20):
        functions = [catalogue.BY_NAME[name] for name in source.sample(NAMES, 2)]
        engine = Noise(size(vocabulary), seed, spread=source.choice([0.1, 2.0, 8.0]))
        decoded = decode(Constraint(HOME, functions, vocabulary), engine, Search(budget=400))
        assert 0 <= decoded.confidence <= 1
        assert 0 <= decoded.no_call <= 1
