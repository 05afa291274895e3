"""The table of number words is what the rules of all our languages make."""

from __future__ import annotations

import json

from custom_components.functiongemma.core.numbers import PATH
from training.dataset.__main__ import languages
from training.numbers import table


def test_the_table_is_up_to_date() -> None:
    """Else a language that was added has no numbers: `python -m training.numbers`."""
    assert json.loads(PATH.read_text(encoding="utf-8")) == table(languages())


def test_no_word_of_another_language_is_a_number() -> None:
    words = table(["en", "pl", "pt", "es"])
    assert {"ten", "dos"}.isdisjoint(words)
    assert words["seventeen"] == [17]
