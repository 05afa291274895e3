"""Models and this machine's memory: a file that cannot run must not look like a good choice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.functiongemma import memory
from custom_components.functiongemma.const import DOMAIN
from custom_components.functiongemma.core.errors import WorkerOutOfMemoryError
from custom_components.functiongemma.flow.choice import quantisation

from .fake_model import FakeModel
from .flows import ENGLISH, choose, finish, submit, suggested
from .house import lights_and_switches, speech
from .hub_server import Hub, Repository

#: Sizes of FunctionGemma's own files, in bytes.
SIZES = {
    "gemma-BF16.gguf": 543_000_000,
    "gemma-F32.gguf": 1_080_000_000,
    "gemma-Q4_K_M.gguf": 253_000_000,
    "gemma-Q8_0.gguf": 292_000_000,
}

type SetMemory = Callable[[int, int], None]


@pytest.fixture
def set_memory(tmp_path: Path, fake_model: FakeModel) -> Iterator[SetMemory]:
    """Give this machine another memory: MB there are, and MB of them that are free."""

    def set_to(total: int, free: int) -> None:
        rows = f"MemTotal: {total * 1000} kB\nMemAvailable: {free * 1000} kB\n"
        (tmp_path / "meminfo").write_text(rows)

    with patch.object(memory, "_PROC", tmp_path), patch.object(memory, "_CGROUP", tmp_path):
        yield set_to


@pytest.fixture
def repository(hub: Hub, tiny_model: Path) -> Repository:
    """A repository with the usual files."""
    files = dict.fromkeys(SIZES, tiny_model.read_bytes())
    return hub.add("someone/gemma", Repository(files, listed=dict(SIZES)))


async def offered(hass: HomeAssistant) -> tuple[ConfigFlowResult, list[str], str]:
    """The form with the files, what stands there, and what is chosen unless one chooses."""
    result = await submit(hass, await choose(hass, "hub"), {"repository": "someone/gemma"})
    assert result["step_id"] == "file"
    assert result["data_schema"] is not None
    field, selector = next(iter(result["data_schema"].schema.items()))
    return result, [option["label"] for option in selector.config["options"]], field.default()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("functiongemma-270m-it-Q4_K_M.gguf", "Q4_K_M"),
        ("functiongemma-270m-it.q8_0.gguf", "Q8_0"),
        ("model-IQ4_NL.gguf", "IQ4_NL"),
        ("model-IQ2_XXS.gguf", "IQ2_XXS"),
        ("model-UD-Q4_K_XL.gguf", "Q4_K_XL"),
        ("model-Q6_K.gguf", "Q6_K"),
        ("model-Q4_0_4_8.gguf", "Q4_0_4_8"),
        ("model-Q5_1.gguf", "Q5_1"),
        ("model-TQ1_0.gguf", "TQ1_0"),
        ("model-BF16.gguf", "BF16"),
        ("model.fp16.gguf", "F16"),
        ("model-f32.gguf", "F32"),
        ("Q4_0/model-BF16-00001-of-00002.gguf", "BF16"),
        ("BF16/model.gguf", "BF16"),
        ("functiongemma-270m-it.gguf", None),
        ("faq8_0b.gguf", None),
        ("xf16y.gguf", None),
        ("Q9_0.gguf", None),
    ],
)
def test_quantisation_is_read_from_the_name_or_not_at_all(name: str, kind: str | None) -> None:
    assert quantisation(name) == kind


def test_home_model_fits_where_one_gigabyte_is() -> None:
    """The smallest Raspberry Pi that Home Assistant runs on; the sizes are on its box."""
    here = memory.Memory(950_000_000, 450_000_000)
    assert memory.can_fit(102_000_000, here)
    assert memory.fits_now(102_000_000, here)
    assert not memory.can_fit(543_000_000, here)


async def test_what_fits_is_listed_with_quantisation_and_size(
    hass: HomeAssistant, repository: Repository, set_memory: SetMemory
) -> None:
    set_memory(8000, 5000)
    repository.files["of-its-own.gguf"] = b""
    repository.listed["of-its-own.gguf"] = 0
    _, labels, best = await offered(hass)
    assert labels == [
        "gemma-BF16.gguf (BF16, 543 MB)",
        "gemma-F32.gguf (F32, 1080 MB)",
        "gemma-Q4_K_M.gguf (Q4_K_M, 253 MB)",
        "gemma-Q8_0.gguf (Q8_0, 292 MB)",
        "of-its-own.gguf",
    ]
    assert best == "gemma-Q8_0.gguf"


async def test_what_this_machine_cannot_hold_is_left_out(
    hass: HomeAssistant, repository: Repository, set_memory: SetMemory
) -> None:
    set_memory(1600, 1000)
    _, labels, best = await offered(hass)
    assert [label.partition(" ")[0] for label in labels] == [
        "gemma-BF16.gguf",
        "gemma-Q4_K_M.gguf",
        "gemma-Q8_0.gguf",
    ]
    assert best == "gemma-Q8_0.gguf"


async def test_what_is_too_large_just_now_comes_last_with_a_mark(
    hass: HomeAssistant, repository: Repository, set_memory: SetMemory
) -> None:
    set_memory(8000, 500)
    result, labels, best = await offered(hass)
    assert labels == [
        "gemma-Q4_K_M.gguf (Q4_K_M, 253 MB)",
        "⚠ gemma-BF16.gguf (BF16, 543 MB)",
        "⚠ gemma-F32.gguf (F32, 1080 MB)",
        "⚠ gemma-Q8_0.gguf (Q8_0, 292 MB)",
    ]
    assert best == "gemma-Q4_K_M.gguf"
    # It is a warning: an app may be stopped before the model is loaded.
    result = await finish(hass, await submit(hass, result, {"file": "gemma-Q8_0.gguf"}))
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_where_nothing_fits_everything_is_listed_and_marked(
    hass: HomeAssistant, repository: Repository, set_memory: SetMemory
) -> None:
    """The estimate may be wrong, and a list without its only file would be a riddle."""
    set_memory(500, 100)
    _, labels, best = await offered(hass)
    assert len(labels) == len(SIZES)
    assert all(label.startswith("⚠ ") for label in labels)
    assert best == "gemma-Q4_K_M.gguf", "the smallest has the best chance"


async def test_system_that_does_not_tell_hides_nothing(
    hass: HomeAssistant, repository: Repository, set_memory: SetMemory
) -> None:
    _, labels, _ = await offered(hass)
    assert len(labels) == len(SIZES)
    assert not any("⚠" in label for label in labels)


async def test_local_file_that_is_too_large_is_only_tried_by_who_insists(
    hass: HomeAssistant, tiny_model: Path, fake_model: FakeModel, set_memory: SetMemory
) -> None:
    set_memory(1000, 100)
    path = {"path": str(tiny_model)}
    result = await submit(hass, await choose(hass, "local"), path)
    assert (result["step_id"], result["errors"]) == ("local", {"base": "memory_short"})
    assert result["description_placeholders"]["needed_mb"] == "201"
    assert result["description_placeholders"]["free_mb"] == "102"
    assert suggested(result, "path") == str(tiny_model)
    assert not fake_model.workers
    result = await finish(hass, await submit(hass, result, path))
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_local_file_is_taken_at_once_when_memory_was_freed(
    hass: HomeAssistant, tiny_model: Path, set_memory: SetMemory
) -> None:
    set_memory(1000, 100)
    other = Path(hass.config.path("other.gguf"))
    other.write_bytes(tiny_model.read_bytes())
    result = await submit(hass, await choose(hass, "local"), {"path": str(tiny_model)})
    # Insisting on one file says nothing of another.
    result = await submit(hass, result, {"path": "other.gguf"})
    assert result["errors"] == {"base": "memory_short"}
    set_memory(1000, 600)
    result = await finish(hass, await submit(hass, result, {"path": str(tiny_model)}))
    assert result["type"] is FlowResultType.CREATE_ENTRY


# -- when it was too little in earnest -------------------------------------------------------------


async def set_up(hass: HomeAssistant, entry: MockConfigEntry) -> str | None:
    """Set an entry up that waits for memory; what it says."""
    await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    return entry.reason


async def test_entry_without_memory_says_what_its_model_needs_and_what_is_free(
    hass: HomeAssistant,
    fake_model: FakeModel,
    local_entry: MockConfigEntry,
    set_memory: SetMemory,
) -> None:
    set_memory(1000, 100)
    fake_model.load_error = WorkerOutOfMemoryError("Killed", reason="SIGKILL")
    assert await set_up(hass, local_entry) == "Killed: 201 MB are needed, 102 MB are free"
    assert local_entry.error_reason_translation_key == "worker_memory_short"
    numbers = {"needed_mb": "201", "free_mb": "102"}
    assert local_entry.error_reason_translation_placeholders == numbers
    said = ENGLISH["exceptions"]["worker_memory_short"]["message"].format(**numbers)
    assert "needs about 201 MB, and 102 MB are free" in said


async def test_container_without_memory_says_what_is_free_in_there(
    hass: HomeAssistant,
    fake_model: FakeModel,
    local_entry: MockConfigEntry,
    set_memory: SetMemory,
    tmp_path: Path,
) -> None:
    set_memory(8000, 5000)
    (tmp_path / "self").mkdir()
    (tmp_path / "self" / "cgroup").write_text("0::/\n")
    (tmp_path / "memory.max").write_text("500000000\n")
    (tmp_path / "memory.current").write_text("450000000\n")
    (tmp_path / "memory.stat").write_text("inactive_file 50000000\n")
    fake_model.load_error = WorkerOutOfMemoryError()
    await set_up(hass, local_entry)
    said = local_entry.error_reason_translation_placeholders
    assert said == {"needed_mb": "201", "free_mb": "100"}


@pytest.mark.parametrize("free", [0, 900])
async def test_numbers_that_explain_nothing_are_not_told(
    hass: HomeAssistant,
    fake_model: FakeModel,
    local_entry: MockConfigEntry,
    set_memory: SetMemory,
    free: int,
) -> None:
    """The system does not tell, or there is enough again."""
    set_memory(1000, free)
    fake_model.load_error = WorkerOutOfMemoryError("Killed")
    assert await set_up(hass, local_entry) == "Killed"
    assert local_entry.error_reason_translation_key == "worker_out_of_memory"
    assert not local_entry.error_reason_translation_placeholders


async def test_dialog_says_what_the_model_needs_and_what_is_free(
    hass: HomeAssistant, repository: Repository, fake_model: FakeModel, set_memory: SetMemory
) -> None:
    set_memory(1000, 100)
    fake_model.load_error = WorkerOutOfMemoryError()
    result, _, best = await offered(hass)
    result = await finish(hass, await submit(hass, result, {"file": best}))
    assert result["errors"] == {"base": "worker_memory_short"}
    assert result["description_placeholders"]["needed_mb"] == "201"
    assert result["description_placeholders"]["free_mb"] == "102"


async def test_sentence_that_memory_is_lacking_for_is_explained(
    hass: HomeAssistant,
    fake_model: FakeModel,
    local_entry: MockConfigEntry,
    set_memory: SetMemory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert await async_setup_component(hass, "conversation", {})
    assert await hass.config_entries.async_setup(local_entry.entry_id)
    speaker = await lights_and_switches(hass, local_entry)
    set_memory(1000, 100)
    fake_model.decode_error = WorkerOutOfMemoryError("Killed")
    assert "stopped unexpectedly" in speech(await speaker.say("Light"))
    assert "Killed: 201 MB are needed, 102 MB are free" in caplog.text
    assert "choose a smaller model" in caplog.text
    with pytest.raises(HomeAssistantError) as raised:
        await hass.services.async_call(
            DOMAIN, "ask", {"text": "Light"}, blocking=True, return_response=True
        )
    assert raised.value.translation_key == "worker_memory_short"
    assert raised.value.translation_placeholders == {"needed_mb": "201", "free_mb": "102"}
