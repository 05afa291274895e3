"""A report says what the verdicts say, on one model or on several side by side."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custom_components.functiongemma.const import DEFAULT_CONFIDENCE
from tests.training.evaluate.verdicts import ASK, call, verdict
from training.evaluate.results import Results, write_results
from training.evaluate.verdicts import Verdict
from training.report.__main__ import main
from training.report.page import chance, labelled, paired, write_report

ON, OFF = call("light.turn_on", "light.a"), call("light.turn_off", "light.a")
GUESS = call("light.turn_on", "light.b")

BEFORE = (
    verdict([ON], text="one", language="fr", confidence=0.95),
    verdict([ON], [OFF], text="two", confidence=0.2),
    verdict([OFF], [], text="three", confidence=0.6),
    verdict([], [OFF], text="four", confidence=0.55),
    verdict([], text="five"),
)
AFTER = (
    *BEFORE[:1],
    verdict([ON], text="two", confidence=0.97),
    verdict([OFF], text="three"),
    verdict([], text="four"),
    verdict([], [ON], text="five", confidence=0.3),
)


def rows(report: str, title: str) -> list[list[str]]:
    """The cells of the first table below a heading."""
    part = re.split(rf"^#+ {title}$", report, flags=re.M)[1]
    lines = part[part.index("\n| ") :].strip().split("\n\n")[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def svg_text(file: Path) -> str:
    """All words of a drawing; fails unless it is well-formed."""
    root = ET.parse(file).getroot()
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    return " ".join(root.itertext())


def report_of(tmp_path: Path, *results: Results) -> str:
    return write_report(results, tmp_path).read_text(encoding="utf-8")


def test_the_tables_of_one_model(tmp_path: Path) -> None:
    facts = {"model": "m.gguf", "bytes": 164_000_000, "commands": "some"}
    found = report_of(tmp_path, Results("only", BEFORE, facts))
    overview = ["only", "m.gguf", "some", "164 MB", "5", "40.0 %"]
    assert rows(found, "Evaluation")[0][:6] == overview
    # Acted on wrongly: "four"; "two" is below the default threshold.
    assert rows(found, "Evaluation")[0][7:9] == ["20.0 %", "50.0 %"]
    assert [row[:3] for row in rows(found, "By language")] == [
        ["en", "4", "25.0 %"],
        ["fr", "1", "100.0 %"],
    ]
    assert rows(found, "Functions chosen") == [
        ["<code>light.turn_on</code>", "2", "1", "100.0 %", "50.0 %", "66.7 %"],
        ["<code>light.turn_off</code>", "1", "2", "0.0 %", "0.0 %", "0.0 %"],
    ]
    assert "precision 50.0 % (of 2 answers), recall 50.0 %, F1 50.0 %" in found
    assert [row[:2] for row in rows(found, "Nothing to call")] == [
        ["0 %", "50.0 %"],
        ["50 %", "50.0 %"],
    ]
    assert [row[0:2] for row in rows(found, "Misses")] == [
        ["wrong function", "1"],
        ["nothing instead", "1"],
        ["acted instead of nothing", "1"],
    ]
    assert "made <code>light.turn_off light.a</code>" in found
    assert "Command by command" not in found
    assert "By kind" not in found


def test_the_threshold_that_is_suggested(tmp_path: Path) -> None:
    found = report_of(tmp_path, Results("only", BEFORE))
    assert "Suggested threshold: 75 %." in found
    assert "2 of 2 commands" in found
    by_name = {row[0]: row[1:] for row in rows(found, "Threshold")}
    assert by_name["0 %"] == ["3", "60.0 %", "1", "2", "33.3 %"]
    assert by_name["50 % (default)"] == ["2", "40.0 %", "1", "1", "50.0 %"]
    assert by_name["75 % (suggested)"] == ["1", "20.0 %", "1", "0", "100.0 %"]
    never_wrong = report_of(tmp_path, Results("only", BEFORE[:1]))
    assert "Suggested threshold: none" in never_wrong


def test_the_default_threshold_is_the_agents(tmp_path: Path) -> None:
    found = report_of(tmp_path, Results("only", BEFORE))
    assert f"| {DEFAULT_CONFIDENCE} % (default) |" in found
    assert f"default {DEFAULT_CONFIDENCE} %" in svg_text(tmp_path / "coverage.svg")


def test_the_plots_hold_the_numbers(tmp_path: Path) -> None:
    found = report_of(tmp_path, Results("only", BEFORE))
    for name in re.findall(r"\]\(([\w-]+\.svg)\)", found):
        svg_text(tmp_path / name)
    assert {file.name for file in tmp_path.glob("*.svg")} == set(
        re.findall(r"\((.*\.svg)\)", found)
    )
    assert "25.0 % of 4" in svg_text(tmp_path / "accuracy-language.svg")
    assert "0.0 % of 1" in svg_text(tmp_path / "accuracy-function.svg")
    confused = svg_text(tmp_path / "confusion.svg")
    assert "light.turn_on meant, light.turn_off called: 1" in confused
    assert "light.turn_off meant, nothing called: 1" in confused
    assert "100.0 % of 2 are right" in svg_text(tmp_path / "calibration.svg")
    steps = svg_text(tmp_path / "coverage.svg")
    assert "from 50 %: 2 of 5 acted on, 1 rightly, 1 not" in steps
    assert "suggested 75 %" in steps


def test_drawings_are_for_light_and_dark_pages(tmp_path: Path) -> None:
    report_of(tmp_path, Results("only", BEFORE))
    for file in tmp_path.glob("*.svg"):
        assert "prefers-color-scheme:dark" in svg_text(file)


def test_several_models_side_by_side(tmp_path: Path) -> None:
    found = report_of(tmp_path, Results("base", BEFORE, {"base": True}), Results("fine", AFTER))
    assert [row[0] for row in rows(found, "Evaluation")] == ["base", "fine"]
    assert rows(found, "Evaluation")[0][1] == "– (untrained)"
    assert rows(found, "Command by command") == [["fine", "1", "3", "1", "0", "0.625"]]
    assert rows(found, "By language") == [
        ["en", "25.0 % of 4", "75.0 % of 4"],
        ["fr", "100.0 % of 1", "100.0 % of 1"],
    ]
    plot = svg_text(tmp_path / "accuracy-language.svg")
    assert "base: 25.0 %" in plot
    assert "fine: 75.0 %" in plot
    for number in (1, 2):
        svg_text(tmp_path / f"coverage-{number}.svg")
        assert f"(coverage-{number}.svg)" in found


def test_other_commands_are_not_compared_one_by_one(tmp_path: Path) -> None:
    other = Results("other", (verdict([ON], text="six", language="ko"),))
    assert paired(Results("a", BEFORE), other) is None
    found = report_of(tmp_path, Results("a", BEFORE), other)
    assert "Command by command" not in found
    assert ["ko", "–", "100.0 % of 1"] in rows(found, "By language")


def test_commands_are_paired_in_any_order_and_when_said_twice() -> None:
    twice = (*BEFORE, BEFORE[0])
    assert paired(Results("a", twice), Results("b", twice[::-1])) is not None
    assert paired(Results("a", twice), Results("b", BEFORE)) is None
    pairs = paired(Results("a", BEFORE), Results("b", AFTER[::-1]))
    assert pairs is not None
    assert sorted(pairs) == [(False, True)] * 3 + [(True, False), (True, True)]


@pytest.mark.parametrize(
    ("won", "lost", "expected"),
    [(0, 0, 1), (1, 0, 1), (3, 1, 0.625), (5, 0, 0.0625), (10, 2, 0.0386)],
)
def test_the_chance_of_a_difference(won: int, lost: int, expected: float) -> None:
    assert chance(won, lost) == pytest.approx(expected, abs=1e-4)
    assert chance(lost, won) == chance(won, lost)


def test_what_people_say_does_not_break_the_page(tmp_path: Path) -> None:
    said = "a|b <details> *c* `d`\n# e"
    found = report_of(tmp_path, Results("x|y", (verdict([ON], [], text=said),)))
    assert "a\\|b &lt;details&gt; \\*c\\* \\`d\\` # e" in found
    assert rows(found, "Evaluation")[0][0] == "x\\"  # the cell's bar is escaped
    assert "\n# e" not in found


def test_kinds_of_commands_have_a_table(tmp_path: Path) -> None:
    asked = verdict([ASK], [GUESS], kind="ambiguous")
    found = report_of(tmp_path, Results("a", (verdict([ON], kind="plain"), asked)))
    assert [row[:3] for row in rows(found, "By kind of command")] == [
        ["plain", "1", "100.0 %"],
        ["ambiguous", "1", "0.0 %"],
    ]
    assert [row[0] for row in rows(found, "Misses")] == ["acted instead of asking"]


def test_from_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = []
    for folder, verdicts in (("one", BEFORE), ("two", AFTER)):
        file = tmp_path / folder / "results.json"
        file.parent.mkdir()
        write_results(file, Results("", verdicts))
        files.append(file)
    assert [result.label for result in labelled(files)] == ["one results", "two results"]
    assert main([*map(str, files), "--out", str(tmp_path / "out")]) == 0
    assert capsys.readouterr().out.strip() == str(tmp_path / "out" / "report.md")
    found = (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
    assert rows(found, "Command by command")[0][0] == "two results"


def test_files_that_cannot_be_reported(tmp_path: Path) -> None:
    old = tmp_path / "old.json"
    old.write_text('{"accuracy": 1}')
    for file, reason in ((old, "evaluate again"), (tmp_path / "none.json", "none.json")):
        with pytest.raises(SystemExit, match=reason):
            main([str(file), "--out", str(tmp_path / "out")])
    write_results(old, Results("", BEFORE))
    with pytest.raises(SystemExit, match="same name"):
        main([str(old), str(old), "--out", str(tmp_path / "out")])


names = st.text(min_size=1, max_size=8)
calls = st.lists(st.sampled_from([ON, OFF, GUESS, ASK]), max_size=2)


@settings(deadline=None, max_examples=40)
@given(
    st.lists(
        st.builds(
            lambda meant, made, text, confidence: verdict(
                meant, made, text=text, language=text[:1], confidence=confidence
            ),
            calls,
            calls,
            names.filter(lambda s: all(c.isprintable() for c in s)),
            st.floats(0, 1),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_any_verdicts_can_be_reported(
    tmp_path_factory: pytest.TempPathFactory, found: list[Verdict]
) -> None:
    folder = tmp_path_factory.mktemp("report")
    report_of(folder, Results("a", tuple(found)), Results("b", tuple(found)))
    for file in folder.glob("*.svg"):
        svg_text(file)
