"""What colours and modes are called is what the lexicons of all our languages say."""

from __future__ import annotations

import json

from custom_components.functiongemma.core.spoken import PATH
from training.dataset.__main__ import languages
from training.spoken import table


def test_the_table_is_up_to_date() -> None:
    """Else a word that was added is not heard: `python -m training.spoken`."""
    assert json.loads(PATH.read_text(encoding="utf-8")) == table(languages())


def test_every_form_of_a_word_counts_and_words_that_say_little_do_not() -> None:
    found = table(["ru", "de", "it", "pl"])
    assert {"красныи", "красными", "rot"} <= set(found["colours"]["red"])
    assert "темно синии" in found["colours"]["darkblue"]
    assert "aus" not in found["others"]["off"]
    assert {"heizen", "heizbetrieb"} <= set(found["others"]["heat"])
    assert "heizung" not in found["others"]["heat"]  # the device
