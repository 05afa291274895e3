"""The table says what was measured, and the page stays a page."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from bench import plot
from bench.document import BEGIN, DOCS, END, write
from bench.report import markdown, rows

from .results import made_up


def test_every_goal_of_the_table_has_its_row() -> None:
    found = {row.name: row for row in rows(made_up())}
    assert [row.reached for row in found.values()] == [
        True, False, False, None, None, True, False, True, False, True, False,
    ]  # fmt: skip
    first = next(iter(found.values()))
    assert (first.naive, first.now) == ("60 s", "80 ms; 750×")
    assert found["warm, 1,000 devices"].now == "12 s"
    assert found["model file"].now == "165 MB"


def test_a_ratio_below_the_goal_misses_it_however_fast_it_was() -> None:
    assert not rows(made_up() | {"ratio_naive_to_ours": 29.0})[0].reached


def test_what_could_not_be_measured_is_a_dash() -> None:
    results = made_up() | {"worker_rss_mb": None}
    row = next(row for row in rows(results) if "memory" in row.name)
    assert (row.now, row.reached) == ("–", None)


def test_the_peer_has_rows_only_when_it_was_asked() -> None:
    peer = {"25": {"median_ms": 36_000.0}}
    assert len(rows(made_up() | {"peer": peer})) == len(rows(made_up())) + 1
    assert "36 s" in markdown(made_up() | {"peer": peer})


def test_the_tables_are_whole() -> None:
    text = markdown(made_up())
    for block in text.split("\n\n"):
        lines = [line for line in block.splitlines() if line.startswith("|")]
        assert len({line.count("|") for line in lines}) <= 1
    assert "Derived, not measured" in text
    assert "load before it began: 0.1" in text


@pytest.mark.parametrize("picture", [plot.by_devices, plot.by_part])
def test_a_plot_is_an_svg_with_a_bar_for_every_part(picture: object) -> None:
    assert callable(picture)
    root = ElementTree.fromstring(picture(made_up()))
    namespace = "{http://www.w3.org/2000/svg}"
    bars = [r for r in root.iter(f"{namespace}rect") if r.find(f"{namespace}title") is not None]
    assert len(bars) == {plot.by_devices: 18, plot.by_part: 8}[picture]  # type: ignore[index]
    right = [float(bar.get("x", 0)) + float(bar.get("width", 0)) for bar in bars]
    assert max(right) <= float(root.get("width", 0))


def test_the_page_keeps_what_stands_around_the_table(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    page.write_text(f"# Before\n\n{BEGIN}\nold\n{END}\n\nAfter\n", encoding="utf-8")
    for _ in range(2):
        written = write(made_up(), tmp_path)
    text = page.read_text(encoding="utf-8")
    assert text.startswith(f"# Before\n\n{BEGIN}\n")
    assert text.endswith(f"{END}\n\nAfter\n")
    assert text.count("80 ms; 750×") == 1
    assert "old" not in text
    for picture in written[1:]:
        assert f"({picture.relative_to(tmp_path).as_posix()})" in text


def test_a_page_without_its_markers_is_left_alone(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    page.write_text(f"# Text {BEGIN}", encoding="utf-8")
    with pytest.raises(ValueError, match="has no"):
        write(made_up(), tmp_path)
    assert page.read_text(encoding="utf-8") == f"# Text {BEGIN}"
    assert list(tmp_path.iterdir()) == [page]


def test_the_documentation_has_a_place_for_the_results() -> None:
    text = (DOCS / "performance.md").read_text(encoding="utf-8")
    assert 0 <= text.index(BEGIN) < text.index(END)
