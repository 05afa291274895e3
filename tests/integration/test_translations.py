"""Nothing else tells that a text is missing: a bare key would show up in somebody's dialog."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from homeassistant import components
from homeassistant.generated.languages import LANGUAGES as HOME_ASSISTANT_LANGUAGES

from custom_components import functiongemma
from custom_components.functiongemma import errors, services
from custom_components.functiongemma.const import SUBENTRY_AGENT
from custom_components.functiongemma.flow.base import STAGES

FOLDER = Path(functiongemma.__file__).parent
LANGUAGES = [
    *("en", "fr", "de", "ko", "ja", "es", "it", "nl", "pl", "pt", "pt-BR", "ru", "zh-Hans"),
]
#: What may read as in English: names, and words that a language has taken over.
SAME_AS_ENGLISH = {
    "options.step.init.title": {"fr"},
    "config.step.hub.data.repository": {"de", "it", "nl"},
    "config.step.file.data.file": {"it"},
    "config_subentries.conversation.step.agent.data.pin": {"de"},
    "config_subentries.conversation.step.agent.data.name": {"de"},
    "config_subentries.conversation.step.agent.data.area": {"it"},
    "config_subentries.conversation.step.agent.title": {"de", "fr", "nl"},
    "config_subentries.conversation.entry_type": {"de", "fr", "nl", "pl"},
    "services.ask.fields.agent_id.name": {"de", "fr", "nl", "pl"},
}


def load(language: str) -> dict[str, Any]:
    text = (FOLDER / "translations" / f"{language}.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def flat(texts: dict[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    for key, value in texts.items():
        if isinstance(value, dict):
            yield from flat(value, f"{path}{key}.")
        else:
            yield f"{path}{key}", value


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"{(\w+)}", text))


ENGLISH = dict(flat(load("en")))

#: What every text of a language has a letter of, where it is not Latin.
SCRIPTS = {
    "ja": r"[\u3040-\u30ff\u4e00-\u9fff]",
    "ko": r"[\uac00-\ud7a3]",
    "ru": r"[\u0400-\u04ff]",
    "zh-Hans": r"[\u4e00-\u9fff]",
}


def both_han(one: str, other: str | None) -> bool:
    """Whether two scripts share their characters, as Japanese does with Chinese."""
    return {one, other} == {SCRIPTS["ja"], SCRIPTS["zh-Hans"]}


def test_every_language_is_tested() -> None:
    assert sorted(path.stem for path in FOLDER.glob("translations/*.json")) == sorted(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_languages_say_the_same_things(language: str) -> None:
    texts = dict(flat(load(language)))
    assert texts.keys() == ENGLISH.keys()
    for key, text in texts.items():
        assert text.strip(), key
        assert placeholders(text) == placeholders(ENGLISH[key]), key


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
def test_nothing_was_left_in_english(language: str) -> None:
    same = {key for key, text in flat(load(language)) if text == ENGLISH[key]}
    assert same <= {key for key, those in SAME_AS_ENGLISH.items() if language in those}


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_are_written_in_the_script_of_their_language(language: str) -> None:
    """A text pasted into another language's file would read well to nobody who can tell."""
    script = SCRIPTS.get(language)
    for key, text in flat(load(language)):
        foreign = [s for s in SCRIPTS.values() if s != script and not both_han(s, script)]
        assert not any(re.search(other, text) for other in foreign), key
        if script is not None and text != ENGLISH[key]:
            assert re.search(script, text), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_home_assistant_knows_the_language_by_this_code(language: str) -> None:
    """A file under any other name would never be read."""
    assert language in HOME_ASSISTANT_LANGUAGES


def test_portuguese_of_portugal_and_brazil_are_not_the_same() -> None:
    there, here = dict(flat(load("pt"))), dict(flat(load("pt-BR")))
    assert sum(there[key] != here[key] for key in there) > len(there) / 2
    # The words either side would notice first.
    assert not [key for key, text in there.items() if re.search(r"\b(arquivo|você|baix)", text)]
    assert not [key for key, text in here.items() if re.search(r"\b(ficheiro|transfer)", text)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_forms_and_log_say_an_error_in_the_same_words(language: str) -> None:
    texts = load(language)
    for key in errors.KEYS:
        assert texts["exceptions"][key]["message"] == texts["config"]["error"][key], key


def test_every_error_has_words_in_forms_and_exceptions() -> None:
    english = load("en")
    assert english["exceptions"].keys() == {*errors.KEYS, *services.KEYS}
    assert english["config"]["error"].keys() == {
        *errors.KEYS,
        "invalid_repository",
        "invalid_url",
        "memory_short",
    }
    for key, names in errors.KEYS.items():
        assert english["exceptions"][key]["message"] == english["config"]["error"][key]
        assert placeholders(english["config"]["error"][key]) == set(names), key
    for key, names in services.KEYS.items():
        assert placeholders(english["exceptions"][key]["message"]) == set(names), key


def test_every_field_of_an_action_has_words_and_every_action_an_icon() -> None:
    described = yaml.safe_load((FOLDER / "services.yaml").read_text(encoding="utf-8"))
    icons = json.loads((FOLDER / "icons.json").read_text(encoding="utf-8"))
    texts = load("en")["services"]
    assert described.keys() == texts.keys() == icons["services"].keys()
    for name, action in described.items():
        assert action["fields"].keys() == texts[name]["fields"].keys()
        for field in texts[name]["fields"].values():
            assert field["name"] and field["description"]


def error_classes(kind: type[errors.CoreError]) -> Iterator[type[errors.CoreError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from error_classes(child)


def test_every_core_error_finds_its_words() -> None:
    from custom_components.functiongemma.core.assemble import adapter

    kinds = list(error_classes(errors.CoreError))
    assert adapter.AdapterError in kinds
    for kind in kinds:
        error = kind.__new__(kind)
        errors.CoreError.__init__(error, "why")
        key = errors.translation_key(error)
        assert key in errors.KEYS
        # A class of the integration's never has to borrow the words of its base.
        if kind.__module__.endswith("functiongemma.errors"):
            assert key == kind.code


def test_every_stage_has_a_text() -> None:
    assert load("en")["config"]["progress"].keys() == set(STAGES)


def shown_steps(*modules: str) -> set[str]:
    """The steps a flow shows, as its source names them."""
    source = "".join((FOLDER / f"{m}.py").read_text(encoding="utf-8") for m in modules)
    return set(re.findall(r"""(?:(?<!next_)step_id=|self\._form\()"(\w+)\"""", source)) - {
        "prepare"
    }


def test_every_step_has_texts() -> None:
    texts = load("en")
    flows = (f"flow/{name}" for name in ("base", "assistant", "hub", "local", "remote"))
    steps = shown_steps("config_flow", *flows)
    assert texts["config"]["step"].keys() == steps
    assert texts["options"]["step"].keys() == shown_steps("options_flow")
    agents = texts["config_subentries"]
    assert agents.keys() == {SUBENTRY_AGENT}
    assert agents[SUBENTRY_AGENT]["step"].keys() == shown_steps("flow/agent")


def test_repair_has_texts_for_all_it_shows() -> None:
    flow = load("en")["issues"]["runtime_missing"]["fix_flow"]
    source = (FOLDER / "repairs.py").read_text(encoding="utf-8")
    named = set(re.findall(r'(?:(?<!next_)step_id=|self\._menu\()"(\w+)"', source))
    assert flow["step"].keys() == named - {"retry"}
    assert flow["progress"].keys() == {stage for stage in STAGES if stage.startswith("install")}


def test_quality_scale_has_an_answer_to_every_rule() -> None:
    scale = yaml.safe_load((FOLDER / "quality_scale.yaml").read_text(encoding="utf-8"))["rules"]
    theirs = Path(components.__path__[0]) / "llama_cpp" / "quality_scale.yaml"
    assert scale.keys() == yaml.safe_load(theirs.read_text(encoding="utf-8"))["rules"].keys()
    answers = {rule: {"status": a} if isinstance(a, str) else a for rule, a in scale.items()}
    for rule, answer in answers.items():
        assert answer["status"] in ("done", "exempt"), rule
        assert answer["status"] == "done" or answer["comment"], rule
