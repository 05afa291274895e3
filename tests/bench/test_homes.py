"""Numbers of different homes and days can be compared only if the homes are what they seem."""

from __future__ import annotations

import pytest

from bench import prompts
from bench.homes import SIZES, make_home, renamed, state_of
from bench.sentences import SENTENCES
from custom_components.functiongemma.core import tokens
from custom_components.functiongemma.core.catalogue import BY_NAME, functions_for


@pytest.mark.parametrize("size", SIZES)
def test_a_home_has_as_many_devices_as_it_says(size: int) -> None:
    home = make_home(size)
    assert len(home.entities) == len({entity.entity_id for entity in home.entities}) == size
    assert {entity.area for entity in home.entities} <= {None, *(area.name for area in home.areas)}
    assert home == make_home(size)


def test_what_is_talked_about_is_in_every_home() -> None:
    names = [{entity.name for entity in make_home(size).entities} for size in SIZES]
    assert names[0] < names[1] < names[2]
    assert {"Kitchen ceiling light", "Floor lamp", "Front door", "Study temperature"} <= names[0]
    assert len(set(SENTENCES)) == len(SENTENCES)


def test_there_are_not_endless_devices() -> None:
    with pytest.raises(ValueError, match="no 5000 devices"):
        make_home(5000)


def test_every_renaming_makes_a_home_that_was_never_there() -> None:
    home = make_home(100)
    homes = [home, *(renamed(home, number) for number in range(40))]
    assert len({tuple(entity.name for entity in h.entities) for h in homes}) == len(homes)
    for other in homes[1:]:
        changed = [a for a, b in zip(home.entities, other.entities, strict=True) if a != b]
        assert [entity.domain for entity in changed] == ["light"]


def test_the_naive_prompt_explains_every_function() -> None:
    home = make_home(25)
    text = tokens.spell(prompts.naive(home, "Open the curtains"))
    for function in functions_for(home):
        assert f"declaration:{function.name}{{" in text
    assert BY_NAME["light.turn_on"].description in text
    assert text.endswith("Open the curtains<end_of_turn>\n<start_of_turn>model\n")


def test_the_peers_prompt_tells_states_and_other_examples_every_time() -> None:
    home = make_home(25)
    first, second = (tokens.spell(prompts.peer(home, "Open the curtains", n)) for n in (0, 1))
    for entity in home.entities:
        assert f"{entity.entity_id} '{entity.name}' = {state_of(entity)}" in first
    assert first.count("\nAssistant: ") == second.count("\nAssistant: ") == 4
    assert first.partition("Examples:")[2] != second.partition("Examples:")[2]
    assert first.partition("Examples:")[0] == second.partition("Examples:")[0]
