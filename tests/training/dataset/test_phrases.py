"""A template is said in every way it allows, and in no other."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from training.dataset import phrases as module
from training.dataset.lexicon import LexiconError
from training.dataset.phrases import Phrase, load_groups


def ways(text: str, times: int = 60) -> set[str]:
    generator, phrase = Random(1), Phrase(text)
    return {
        phrase.sample(generator, lambda slot, form: f"{slot}.{form}" if form else slot.upper())
        for _ in range(times)
    }


def test_options_alternatives_and_slots() -> None:
    assert ways("[please] (dim|lower) the {name}") == {
        "please dim the NAME",
        "please lower the NAME",
        "dim the NAME",
        "lower the NAME",
    }


def test_a_slot_asks_for_its_form() -> None:
    assert ways("allume {name:the} {area:in}") == {"allume name.the area.in"}


def test_spaces_are_single_whatever_is_left_out() -> None:
    assert ways(" [a]  b [c] ") == {"b", "a b", "b c", "a b c"}
    assert ways("불[을] 켜[줘| 줘]") == {
        "불을 켜줘",
        "불을 켜 줘",
        "불을 켜",
        "불 켜줘",
        "불 켜 줘",
        "불 켜",
    }


def test_slots_are_known() -> None:
    assert Phrase("[set] {name} in {area:of} (to {percent}|{percent})").slots == {
        "name",
        "area",
        "percent",
    }


def test_rules_are_followed() -> None:
    from hassil.parse_expression import parse_sentence

    rules = {"turn": parse_sentence("(turn|switch) {name}")}
    phrase = Phrase("<turn> on", rules)
    assert phrase.slots == {"name"}
    said = {phrase.sample(Random(i), lambda slot, form: "it") for i in range(20)}
    assert said == {"turn it on", "switch it on"}
    with pytest.raises(LexiconError, match="<turn>"):
        Phrase("<turn> on")


def test_a_permutation_is_said_in_any_order() -> None:
    assert ways("(a;b)") == {"a b", "b a"}


@pytest.mark.parametrize("text", ["turn on [the lamp", "turn on (the|a lamp", "turn on {name"])
def test_a_template_that_does_not_parse_is_refused(text: str) -> None:
    with pytest.raises(LexiconError):
        Phrase(text)


@pytest.mark.parametrize(
    "text",
    [
        "- say: {name: [on]}\n",
        "- call: light.turn_on\n",
        "- call: light.turn_on\n  say: [on]\n",
        "- call: light.turn_on\n  say: {name: ['on [']}\n",
        "- light.turn_on\n",
    ],
)
def test_a_mistake_names_its_file(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "xx" / "sentences"
    folder.mkdir(parents=True)
    (folder / "light.yaml").write_text(text)
    monkeypatch.setattr(module, "LANGUAGES", tmp_path)
    with pytest.raises(LexiconError, match=r"xx/light\.yaml"):
        load_groups("xx")


def test_a_group_is_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "xx" / "sentences"
    folder.mkdir(parents=True)
    (folder / "fan.yaml").write_text(
        "- call: fan.oscillate\n  with: {oscillating: on}\n  kinds: [fan]\n"
        "  say: {name: ['swing {name}', '{name} swing']}\n"
    )
    (folder / "empty.yaml").write_text("")
    monkeypatch.setattr(module, "LANGUAGES", tmp_path)
    (group,) = load_groups("xx")
    assert (group.call, group.values, group.kinds) == (
        "fan.oscillate",
        {"oscillating": "on"},
        ("fan",),
    )
    assert [phrase.text for phrase in group.say["name"]] == ["swing {name}", "{name} swing"]


def test_what_is_said_behind_another_command_is_kept_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "xx" / "sentences"
    folder.mkdir(parents=True)
    (folder / "fan.yaml").write_text(
        "- call: fan.turn_off\n"
        "  say: {name: ['{name} off'], then_name: ['the {name} off']}\n"
        "- call: fan.turn_on\n  say: {then_area: ['on in the {area}']}\n"
    )
    monkeypatch.setattr(module, "LANGUAGES", tmp_path)
    off, on = load_groups("xx")
    assert {*off.say} == {"name"} and [p.text for p in off.then["name"]] == ["the {name} off"]
    assert on.say == {} and [p.text for p in on.then["area"]] == ["on in the {area}"]
