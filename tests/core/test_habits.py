"""Guesses follow what people say now, not what they said last year."""

from __future__ import annotations

from custom_components.functiongemma.core.draft.habits import Habits

OLD, NEW = 1, 2
PLACE = (7, 8)


def test_new_habit_outweighs_an_old_one_that_was_longer() -> None:
    habits = Habits()
    for _ in range(500):
        habits.learn(PLACE, OLD, ["lamp"])
    for _ in range(350):
        habits.learn(PLACE, NEW, ["lamp"])
    shares = habits.shares(PLACE, {OLD, NEW}, ["lamp"])
    assert shares[NEW] > shares[OLD] > 0
    assert sum(shares.values()) < 1


def test_words_said_once_are_forgotten_before_they_fill_the_memory() -> None:
    habits = Habits()
    habits.learn(PLACE, NEW, ["radio"])
    for number in range(3000):
        habits.learn((number % 5, 0), OLD, [f"word {number}"])
        habits.learn(PLACE, OLD, [f"word {number}"])
    # The word that spoke for it is gone: what is common is guessed now.
    shares = habits.shares(PLACE, {OLD, NEW}, ["radio"])
    assert shares.get(NEW, 0) < shares[OLD]


def test_places_nobody_was_at_for_long_are_forgotten_first() -> None:
    habits = Habits()
    for number in range(600):
        habits.learn((number,), OLD, [])
    assert habits.shares((0,), {OLD}, [])
    habits.learn((600,), OLD, [])
    assert habits.shares((0,), {OLD}, [])
    assert not habits.shares((1,), {OLD}, [])
