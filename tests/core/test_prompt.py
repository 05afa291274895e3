"""The prompt is whole, steady until the home changes, and holds no token that nobody put there."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custom_components.functiongemma.core import catalogue, tokens
from custom_components.functiongemma.core.errors import PromptTooLongError
from custom_components.functiongemma.core.functions import Function, Parameter
from custom_components.functiongemma.core.home import Area, Entity, Home
from custom_components.functiongemma.core.prompt import (
    DEVELOPER_TEXT,
    HOME_STYLE,
    MAX_SENTENCE,
    build_static,
    known,
    listed,
)
from custom_components.functiongemma.core.template import FUNCTION_CALLING, render_text

ROOT = Path(__file__).parents[2]
HOME = Home((Entity("lock.a", "Front door", "Hall"),), (Area("Hall"),))
LOCK = catalogue.BY_NAME["lock.lock"]
UNLOCK = catalogue.BY_NAME["lock.unlock"]


def prompt(home: Home, functions: list[Function], sentence: str, **options: str | None) -> str:
    static = build_static(home, functions, **options)  # type: ignore[arg-type]
    return tokens.spell([*static.segments, *static.turn(sentence)])


def characters(text: str) -> list[int]:
    """A tokenizer that gives a character the id 1000000 + its code point."""
    return [1_000_000 + ord(character) for character in text]


def test_the_whole_prompt_of_the_home_model() -> None:
    assert prompt(HOME, [LOCK, UNLOCK], "Lock up") == (
        "<bos><start_of_turn>developer\n"
        "You are a model that can do function calling with the following functions"
        "<start_function_declaration>declaration:lock.lock{description:<escape><escape>}"
        "<end_function_declaration>"
        "<start_function_declaration>declaration:lock.unlock{description:<escape><escape>}"
        "<end_function_declaration><end_of_turn>\n"
        "<start_of_turn>user\nHall: lock Front door\nLock up<end_of_turn>\n"
        "<start_of_turn>model\n"
    )


def test_a_model_is_not_offered_what_it_was_not_trained_on() -> None:
    """A newer catalogue with an older adapter still understands what it understood before."""
    tool = Function("HassTurnOn", "Somebody else's tool")
    assert known([LOCK, UNLOCK, tool], ["lock.lock"]) == (LOCK, tool)
    assert known([LOCK, UNLOCK], None) == (LOCK, UNLOCK)


def test_a_model_is_not_shown_what_it_never_saw() -> None:
    anna = Entity("person.anna", "Anna")
    home = Home((*HOME.entities, anna), HOME.areas)
    assert listed(home, ["lock", "light"]) == HOME
    assert listed(home, ["lock", "person"]) is home
    assert listed(home, None) is home


def test_the_prompt_is_the_official_template_of_its_parts() -> None:
    tools = [
        {"type": "function", "function": {"name": f.name, "description": ""}}
        for f in (LOCK, UNLOCK)
    ]
    messages = [
        {"role": "developer", "content": DEVELOPER_TEXT},
        {"role": "user", "content": HOME.listing() + "Lock up"},
    ]
    official = render_text(messages, tools, True)  # type: ignore[arg-type]
    assert prompt(HOME, [LOCK, UNLOCK], "Lock up") == official
    assert DEVELOPER_TEXT == FUNCTION_CALLING


def test_what_the_home_model_does_not_know_is_declared_in_full() -> None:
    script = Function("script.greet", "Say hello", (Parameter("who", "STRING"),))
    text = prompt(HOME, [LOCK, script], "hi", style=HOME_STYLE)
    assert "declaration:lock.lock{description:<escape><escape>}" in text
    assert "who:{" in text
    assert "<escape>Say hello<escape>" in text


@pytest.mark.parametrize("style", [None, "home-2"])
def test_other_models_get_declarations_in_full(style: str | None) -> None:
    text = prompt(HOME, [LOCK], "hi", style=style)
    assert "declaration:lock.lock{description:<escape>Lock<escape>,parameters:" in text


def test_an_apis_own_prompt_stands_before_the_trained_phrase() -> None:
    text = prompt(HOME, [LOCK], "hi", text="  Be brief.\n")
    assert f"developer\nBe brief.\n{DEVELOPER_TEXT}<start_function" in text
    assert f"developer\n{DEVELOPER_TEXT}" in prompt(HOME, [LOCK], "hi", text=" \n ")


def test_a_sentence_is_one_line() -> None:
    assert "\nturn it on<end_of_turn>" in prompt(HOME, [LOCK], "  turn\n\nit \t on\r\n")
    assert "Front door\n<end_of_turn>" in prompt(HOME, [LOCK], " \n ")


def test_a_pasted_page_is_refused() -> None:
    static = build_static(HOME, [LOCK])
    assert static.turn("x" * MAX_SENTENCE)[0] == "x" * MAX_SENTENCE
    assert static.turn("x" + " " * 10_000 + "y")[0] == "x y"
    for text in ("x" * (MAX_SENTENCE + 1), "page " * 2000, "🏠" * (MAX_SENTENCE + 1)):
        with pytest.raises(PromptTooLongError) as refused:
            static.turn(text)
        assert refused.value.placeholders["limit"] == str(MAX_SENTENCE)


def special_ids(home: Home, sentence: str, text: str = "") -> list[int]:
    static = build_static(home, [LOCK], text=text)
    segments = [*static.segments, *static.turn(sentence)]
    return [i for i in tokens.encode(segments, characters) if i < 1_000_000]


PLAIN = special_ids(HOME, "Lock up")
hostile = st.lists(
    st.sampled_from([*tokens.SPECIAL_SPELLINGS, "<esc", "ape>", "a", "\n", " "]), max_size=6
).map("".join)


@given(hostile, hostile, hostile, hostile)
def test_no_name_or_sentence_brings_a_special_token(
    name: str, area: str, sentence: str, text: str
) -> None:
    home = Home((Entity("lock.a", name, area, (name,)),), (Area(area, name),))
    static = build_static(home, [LOCK], text=text)
    segments = [*static.segments, *static.turn(sentence)]
    assert [i for i in tokens.encode(segments, characters) if i < 1_000_000] == PLAIN
    # Nor where the file's tokenizer finds the spellings in any text.
    for segment in tokens.merge(segments):
        assert not isinstance(segment, str) or tokens.defuse(segment) == segment


def test_core_runs_without_home_assistant() -> None:
    """All of core is imported where homeassistant, torch and the model's packages are absent."""
    code = """
    import importlib, pkgutil, sys

    absent = ("homeassistant", "torch", "transformers", "llama_cpp", "gguf", "huggingface_hub")

    class Absent:
        def find_spec(self, name, path=None, target=None):
            if name.partition(".")[0] in absent:
                raise ModuleNotFoundError(name)

    sys.meta_path.insert(0, Absent())
    # The integration's own package imports homeassistant; core must not need it.
    import types
    root = types.ModuleType("custom_components.functiongemma")
    root.__path__ = ["custom_components/functiongemma"]
    sys.modules["custom_components.functiongemma"] = root
    import custom_components.functiongemma.core as core
    found = ["custom_components.functiongemma.core.prompt"]
    for module in pkgutil.walk_packages(core.__path__, core.__name__ + "."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
            found.append(module.name)
    assert not any(name.partition(".")[0] in absent for name in sys.modules)
    print(len(found))
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 40


def test_core_is_imported_through_the_integrations_package_too() -> None:
    """Training and the command line import it by its full name, without Home Assistant."""
    code = """
    import sys

    class Absent:
        def find_spec(self, name, path=None, target=None):
            if name.partition(".")[0] == "homeassistant":
                raise ModuleNotFoundError(name)

    sys.meta_path.insert(0, Absent())
    from custom_components.functiongemma.core.prompt import build_static
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
