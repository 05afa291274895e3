"""A guess saves time where it is right, and changes nothing where it is wrong."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from custom_components.functiongemma.core import catalogue, tokens
from custom_components.functiongemma.core.calls import FunctionCall
from custom_components.functiongemma.core.constraint import Constraint, State, Vocabulary
from custom_components.functiongemma.core.decode import Decoded, Search, decode
from custom_components.functiongemma.core.draft import Guesser
from custom_components.functiongemma.core.home import Area, Entity, Home
from custom_components.functiongemma.core.said import Said

from .test_decode import Noise, ids_of, size

HOME = Home(
    (
        Entity("light.ceiling", "Ceiling", "Kitchen"),
        Entity("light.lamp", "Reading lamp", "Bedroom", ("Leselampe",)),
        Entity("light.bed", "Ceiling", "Bedroom"),
        Entity("climate.bedroom", "Heating", "Bedroom"),
        Entity("todo.list", "Shopping", None),
    ),
    (Area("Kitchen", "Downstairs", ("부엌",)), Area("Bedroom", "Upstairs")),
)
NAMES = ("light.turn_on", "light.turn_off", "climate.set_temperature", "todo.add_item")


@pytest.fixture
def constraint(vocabulary: Vocabulary) -> Constraint:
    return Constraint(HOME, [catalogue.BY_NAME[name] for name in NAMES], vocabulary)


def asked(vocabulary: Vocabulary, call: FunctionCall) -> Noise:
    """A model that is sure of one call."""
    engine = Noise(size(vocabulary), spread=0.3)
    engine.wish(ids_of(vocabulary, call), 20.0)
    return engine


def same(one: Decoded, other: Decoded) -> bool:
    facts = [(d.answers, d.confidence, d.mass, d.no_call, d.evaluated) for d in (one, other)]
    return facts[0] == facts[1]


@pytest.mark.parametrize("seed", range(20))
def test_guesses_change_nothing_but_the_number_of_batches(
    constraint: Constraint, vocabulary: Vocabulary, seed: int
) -> None:
    """Whatever is guessed: here, anything, with any certainty."""
    source = random.Random(seed)

    def wild(path: Sequence[int], state: State) -> list[tuple[int, float]]:
        allowed = state.allowed()
        choices = allowed.tolist() if not hasattr(allowed, "mask") else []
        return [(token, source.random()) for token in source.sample(choices, len(choices) // 2)]

    search = Search(margin=source.choice([1e-3, 0.02]), width=source.choice([1, 4]))
    spread = source.choice([0.5, 2.0, 4.0])
    plain, guessed = (Noise(size(vocabulary), seed, spread) for _ in range(2))
    for engine in (plain, guessed):
        engine.wishes[()] = {tokens.START_FUNCTION_CALL: 9.0}
    without = decode(constraint, plain, search)
    assert same(decode(constraint, guessed, search, guess=wild), without)
    assert len(guessed.batches) <= len(plain.batches)
    assert all(len(batch) <= 11 for batch in guessed.batches)


def test_speaking_of_a_thing_brings_its_name_into_an_earlier_batch(
    constraint: Constraint, vocabulary: Vocabulary
) -> None:
    call = FunctionCall("light.turn_off", {"name": "Reading lamp"})
    plain, guessed = asked(vocabulary, call), asked(vocabulary, call)
    without = decode(constraint, plain)
    guess = Guesser().of(Said("turn off the reading lamp"), HOME, constraint)
    assert same(decode(constraint, guessed, guess=guess), without)
    assert without.best is not None
    assert without.best.calls == (call,)
    assert len(guessed.batches) <= len(plain.batches) - 2


@pytest.mark.parametrize("digits", ["\uff18\uff10", "\u0968\u0966"])
def test_digits_of_other_writings_end_no_sentence(digits: str) -> None:
    assert all(numeral.isascii() for numeral in Said(f"{digits} %").numerals)


def test_a_number_that_was_said_is_copied(constraint: Constraint, vocabulary: Vocabulary) -> None:
    call = FunctionCall("climate.set_temperature", {"area": "Bedroom", "temperature": 21.5})
    plain, guessed = asked(vocabulary, call), asked(vocabulary, call)
    decode(constraint, plain)
    guess = Guesser().of(Said("heating in the bedroom to 21,5 degrees"), HOME, constraint)
    decode(constraint, guessed, guess=guess)
    assert len(guessed.batches) < len(plain.batches) - 2


def test_what_was_answered_once_is_guessed_the_next_time(
    constraint: Constraint, vocabulary: Vocabulary
) -> None:
    """In words that nobody could know beforehand."""
    call = FunctionCall("light.turn_off", {"area": "Kitchen"})
    guesser = Guesser()
    batches = []
    for _ in range(3):
        engine = asked(vocabulary, call)
        guess = guesser.of(Said("lumos finito"), HOME, constraint)
        found = decode(constraint, engine, guess=guess)
        assert found.best is not None
        guesser.learn(guess, found.best.calls)
        batches.append(len(engine.batches))
    assert batches[-1] < batches[0]


def test_any_sentence_and_any_answer_can_be_guessed_at(constraint: Constraint) -> None:
    guesser = Guesser()
    calls = (
        FunctionCall("todo.add_item", {"item": "2 eggs {x}", "name": "Shopping"}),
        FunctionCall("light.turn_on", {"area": "부엌"}),
    )
    for sentence in ("", "   ", "…!?", "부엌 불 켜줘", "add 2 eggs", "1 22 333 4.5 6,7"):
        guess = guesser.of(Said(sentence), HOME, constraint)
        for state in (constraint.start, constraint.follow([tokens.START_FUNCTION_CALL])):
            likely = guess((), state)
            assert sum(share for _, share in likely) <= 1.001
        guesser.learn(guess, calls)
        guesser.learn(guess, ())
