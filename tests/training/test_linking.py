"""The words that link are those of the lexicons of all our languages."""

from __future__ import annotations

import json
from typing import Any

from custom_components.functiongemma.core.linking import PATH
from training.dataset.__main__ import languages
from training.linking import table


def test_the_table_is_up_to_date() -> None:
    """Else what a new language leaves out is not: `python -m training.linking`."""
    assert json.loads(PATH.read_text(encoding="utf-8")) == table(languages())


def test_where_what_is_left_out_stands_is_known() -> None:
    words: Any = table(["en", "pl", "pt", "ja", "nl"])
    assert {"except", "oprócz"} <= set(words["except"]["after"])
    assert "menos" in words["except"]["after perhaps"]
    assert "以外" in words["except"]["before"]
    assert "op … na" in words["except"]["around"]
    assert {"and", "oraz"} <= set(words["and"])
    assert "と" not in words["and"]  # it also quotes


def test_every_language_says_all_and_both() -> None:
    for code in languages():
        words: Any = table([code])
        assert words["all"] and words["pair"], code
