"""The table of number words is what the rules of all our languages make."""

from __future__ import annotations

import json
from typing import Any

from custom_components.functiongemma.core.numbers import PATH
from training.dataset.__main__ import languages
from training.numbers import table


def test_the_table_is_up_to_date() -> None:
    """Else a language that was added has no numbers: `python -m training.numbers`."""
    assert json.loads(PATH.read_text(encoding="utf-8")) == table(languages())


def test_a_word_of_another_language_is_perhaps_a_number() -> None:
    words: Any = table(["en", "pl", "pt", "es"])
    assert {"ten", "dos"} <= words["unsure"].keys()
    assert words["sure"]["seventeen"] == [17]
    assert {"and a half"} <= {half.strip() for half in words["halves"]}
