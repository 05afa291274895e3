"""A file that is no usable model is named as what it is, at once, and nothing crashes on it."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custom_components.functiongemma.core.assemble import check_gguf
from custom_components.functiongemma.core.errors import (
    ModelFileError,
    NotGgufError,
    TruncatedModelError,
    WrongArchitectureError,
)
from custom_components.functiongemma.core.gguf.reader import read_header

from .tiny import read_model, write_base, write_tiny_adapter


def _file(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "model.gguf"
    path.write_bytes(content)
    return path


def _gguf(tensors: int, key_values: int, rest: bytes = b"", version: int = 3) -> bytes:
    return b"GGUF" + struct.pack("<IQQ", version, tensors, key_values) + rest


def _text(text: str) -> bytes:
    return struct.pack("<Q", len(text)) + text.encode()


def test_a_good_model_says_what_it_is(tmp_path: Path, tiny_base: bytes) -> None:
    info = check_gguf(_file(tmp_path, tiny_base))
    assert (info.architecture, info.name, info.file_type) == ("gemma3", "Tiny", 15)
    assert (info.context_length, info.prompt, info.size) == (128, None, len(tiny_base))


def test_a_part_of_a_split_model_is_named_as_one(tmp_path: Path) -> None:
    # As in the parts after the first: a count, and neither architecture nor embedding.
    count = _text("split.count") + struct.pack("<IH", 2, 3)
    with pytest.raises(ModelFileError, match="3 parts"):
        check_gguf(_file(tmp_path, _gguf(0, 1, count)))


def test_header_agrees_with_the_gguf_package(tmp_path: Path, tiny_base: bytes) -> None:
    path = _file(tmp_path, tiny_base)
    header, (fields, tensors) = read_header(path), read_model(path)
    scalars = {
        key: entry.value for key, entry in header.key_values.items() if entry.value is not None
    }
    assert scalars == {key: fields[key] for key in scalars}
    assert set(header.key_values) - set(scalars) == {
        "tokenizer.ggml.tokens",
        "tokenizer.ggml.scores",
        "tokenizer.ggml.token_type",
    }
    assert {t.name: tuple(reversed(t.shape)) for t in header.tensors} == {
        name: array.shape for name, array in tensors.items()
    }


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GG",
        b"<!DOCTYPE html>\n<html><title>Sign in</title></html>",
        b"version https://git-lfs.github.com/spec/v1\n",
        b"PK\x03\x04" + bytes(100),
        _gguf(0, 0, version=1),
        _gguf(0, 0, version=3 << 24),
        _gguf(1 << 40, 0),
        _gguf(0, 1 << 63),
        _gguf(0, 1, _text("key") + struct.pack("<I", 99)),
        _gguf(0, 1, _text("general.alignment") + struct.pack("<II", 4, 0)),
        _gguf(0, 1, _text("key") + struct.pack("<IIQ", 9, 99, 1)),
        _gguf(1, 0, _text("t") + struct.pack("<I", 5)),
    ],
    ids=["empty", "short", "html", "lfs", "zip", "v1", "big-endian", "tensors", "keys", "type",
         "alignment", "array", "dimensions"],
)  # fmt: skip
def test_other_kinds_of_file_are_not_taken_for_a_model(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(NotGgufError) as caught:
        check_gguf(_file(tmp_path, content))
    assert caught.value.placeholders["file"] == "model.gguf"


@pytest.mark.parametrize(
    "rest",
    [
        struct.pack("<Q", 1 << 62),
        _text("key") + struct.pack("<IQ", 8, 1 << 62),
        _text("key") + struct.pack("<IIQ", 9, 8, 1 << 62),
        _text("key") + struct.pack("<IIQ", 9, 10, 1 << 62),
        _text("key") + struct.pack("<IIQ", 9, 9, 1 << 62),
        _text("key") + struct.pack("<IIQQ", 9, 8, 1, 1 << 62),
    ],
)
def test_a_length_that_cannot_be_allocates_nothing(tmp_path: Path, rest: bytes) -> None:
    with pytest.raises(TruncatedModelError):
        check_gguf(_file(tmp_path, _gguf(0, 1, rest)))


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_an_unfinished_download_is_seen_wherever_it_stopped(
    tmp_path_factory: pytest.TempPathFactory, tiny_base: bytes, data: st.DataObject
) -> None:
    cut = data.draw(st.integers(4, len(tiny_base) - 32))
    path = _file(tmp_path_factory.getbasetemp(), tiny_base[:cut])
    with pytest.raises(TruncatedModelError):
        check_gguf(path)


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_a_damaged_header_never_crashes(
    tmp_path_factory: pytest.TempPathFactory, tiny_base: bytes, data: st.DataObject
) -> None:
    content = bytearray(tiny_base)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(4, 9000) | st.integers(4, 600))
        piece = data.draw(st.binary(min_size=1, max_size=8) | st.just(b"\xff" * 8))
        content[at : at + len(piece)] = piece
    path = _file(tmp_path_factory.getbasetemp(), bytes(content))
    try:
        info = check_gguf(path)
    except ModelFileError:
        return
    assert info.architecture == "gemma3"


def test_another_architecture_is_named(tmp_path: Path) -> None:
    with pytest.raises(WrongArchitectureError, match="llama"):
        check_gguf(write_base(tmp_path / "model.gguf", architecture="llama"))


def test_an_adapter_is_not_taken_for_a_model(tmp_path: Path) -> None:
    with pytest.raises(WrongArchitectureError, match="adapter"):
        check_gguf(write_tiny_adapter(tmp_path / "home.lora.gguf"))
