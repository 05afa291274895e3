"""Model files are big: they are made once, and one house must not take them from another."""

from __future__ import annotations

from pathlib import Path

from custom_components.functiongemma import models
from custom_components.functiongemma.core.assemble.download import base_path
from demo.agent import link_base, link_models, share_models


def test_a_model_that_was_made_is_there_for_the_next_house(tmp_path: Path) -> None:
    shared, first, second = tmp_path / "models", tmp_path / "first", tmp_path / "second"
    link_models(first, shared)
    (first / "home.gguf").write_text("made")
    share_models(first, shared)
    link_models(second, shared)
    assert (second / "home.gguf").read_text() == "made"
    assert (first / "home.gguf").read_text() == "made"
    share_models(second, shared)
    assert not (shared / "home.gguf").is_symlink()


def test_a_house_that_tidies_up_takes_nothing_from_the_others(tmp_path: Path) -> None:
    shared, folder = tmp_path / "models", tmp_path / "house"
    shared.mkdir()
    (shared / "base.gguf").write_text("base")
    link_models(folder, shared)
    (folder / "base.gguf").unlink()
    assert (shared / "base.gguf").read_text() == "base"


def test_what_was_deleted_for_all_is_not_found_any_more(tmp_path: Path) -> None:
    shared, folder = tmp_path / "models", tmp_path / "house"
    shared.mkdir()
    (shared / "old.gguf").write_text("old")
    link_models(folder, shared)
    (shared / "old.gguf").unlink()
    link_models(folder, shared)
    assert list(folder.iterdir()) == []


def test_an_empty_house_needs_no_download_and_its_model_no_other_houses_base(
    tmp_path: Path,
) -> None:
    shared, folder = tmp_path / "models", tmp_path / "house"
    shared.mkdir()
    base = base_path(shared, models.SOURCES)
    link_base(folder, shared)
    assert list(folder.iterdir()) == []
    base.write_text("base")
    link_base(folder, shared)
    (folder / base.name).unlink()
    assert base.read_text() == "base"
