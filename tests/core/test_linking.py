"""What is left out is left out, in every language."""

from __future__ import annotations

import pytest

from custom_components.functiongemma.core.linking import has_exception


@pytest.mark.parametrize(
    "sentence",
    ["all lights off except the lamp", "alles aus außer der Lampe", "廊下以外の電気を消して"],
)
def test_what_is_left_out_is_noticed(sentence: str) -> None:
    assert has_exception(sentence)
    assert not has_exception("turn the lamp on")
