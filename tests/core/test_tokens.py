"""No text a user controls becomes a special token, and all other text stays as it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custom_components.functiongemma.core import tokens
from custom_components.functiongemma.core.tokens import defuse, encode, merge, spell

SPELLINGS = sorted(tokens.SPECIAL_SPELLINGS)
PIECES = st.sampled_from(
    [*SPELLINGS, "<", ">", "<unused", "6>", "escape", "<esc", "ape>", "a", " "]
)
# Text in which spellings, halves of spellings and anything else stand next to each other.
HOSTILE = st.lists(st.one_of(PIECES, st.text(max_size=5))).map("".join)


def characters(text: str) -> list[int]:
    """A tokenizer that gives a character the id 1000 + its code point."""
    return [1000 + ord(character) for character in text]


def user_defined(text: str) -> list[int]:
    """A tokenizer that matches special tokens in any text, as llama.cpp does for USER_DEFINED."""
    ids: list[int] = []
    while text:
        found = next((spelling for spelling in SPELLINGS if text.startswith(spelling)), None)
        ids.append(tokens.SPECIAL_SPELLINGS[found] if found else 1000 + ord(text[0]))
        text = text[len(found or text[0]) :]
    return ids


@given(HOSTILE)
def test_no_special_spelling_survives(text: str) -> None:
    safe = defuse(text)
    assert not [spelling for spelling in SPELLINGS if spelling in safe]
    assert defuse(safe) == safe


@given(st.lists(HOSTILE))
def test_no_special_token_comes_about_by_joining_texts(texts: list[str]) -> None:
    ids = encode([tokens.BOS, *texts, tokens.ESCAPE, *texts], user_defined)
    assert [token for token in ids if token in tokens.SPELLINGS] == [tokens.BOS, tokens.ESCAPE]


@given(st.text(st.characters(exclude_characters="<>")))
def test_text_without_angle_brackets_is_left_alone(text: str) -> None:
    assert defuse(text) == text


@pytest.mark.parametrize(
    "text",
    ["a < b > c", "<x>", "<b>bold</b>", "<table>", "[multimodal]", "<ESCAPE>", "<escape >", "<>"],
)
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert defuse(text) == text


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("<escape>", "‹escape›"),
        ("<esc<escape>ape>", "<esc‹escape›ape>"),
        ("<<end_of_turn>>", "<‹end_of_turn›>"),
        ("<unused46><unused6241>", "‹unused46›‹unused6241›"),
        ("<start_of_image> <mask>", "‹start_of_image› ‹mask›"),
    ],
)
def test_special_spellings_stay_readable(text: str, safe: str) -> None:
    assert defuse(text) == safe


def test_ids_are_those_of_the_published_tokenizer() -> None:
    assert [
        tokens.SPECIAL_SPELLINGS[spelling] for spelling in ("<pad>", "<eos>", "<bos>", "<unk>")
    ] == [
        0,
        1,
        2,
        3,
    ]
    function_tokens = [
        "<start_function_declaration>",
        "<end_function_declaration>",
        "<start_function_call>",
        "<end_function_call>",
        "<start_function_response>",
        "<end_function_response>",
        "<escape>",
    ]
    assert [tokens.SPECIAL_SPELLINGS[spelling] for spelling in function_tokens] == list(
        range(46, 53)
    )
    assert tokens.SPECIAL_SPELLINGS["<start_of_turn>"] == 105
    assert tokens.SPECIAL_SPELLINGS["<end_of_turn>"] == 106
    assert {1, 50, 106} == tokens.STOP_IDS


def test_base_gemma_spells_the_function_tokens_unused() -> None:
    aliases = {s: t for s, t in tokens.SPECIAL_SPELLINGS.items() if s.startswith("<unused")}
    assert aliases == {f"<unused{number}>": number + 6 for number in range(40, 47)}


def test_text_between_special_tokens_is_tokenised_in_one_piece() -> None:
    seen: list[str] = []

    def tokenize(text: str) -> list[int]:
        seen.append(text)
        return characters(text)

    ids = encode([2, "", 105, "us", "", "er\n", "Hi", 106, "\n"], tokenize)
    assert seen == ["user\nHi", "\n"]
    assert ids == [2, 105, *characters("user\nHi"), 106, *characters("\n")]


@given(st.lists(st.one_of(HOSTILE, st.sampled_from(sorted(tokens.SPELLINGS)))))
def test_merging_changes_neither_the_text_nor_the_ids(segments: list[tokens.Segment]) -> None:
    merged = merge(segments)
    assert merge(merged) == merged
    assert spell(merged) == spell(segments)
    assert encode(merged, characters) == encode(segments, characters)


def test_nothing_gives_nothing() -> None:
    assert encode([], characters) == encode(["", ""], characters) == []
    assert spell([]) == ""
