"""The files of a repository as a list to choose from: what is offered, and what is said of each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from homeassistant.helpers.selector import SelectOptionDict

from ..hub import HubFile
from ..install.machine import Memory
from ..memory import can_fit, fits_now

#: Types of weights as GGUF files are named after them: those of llama.cpp's `llama-quantize`, and
#: the sizes XL and L that some people mix of them.
_QUANTISATION: Final = re.compile(
    r"""(?<![a-z0-9]) (
        i?q[1-8]_ (?: k (?:_(?:xl|[sml]))? | nl | xxs | xs | [sm] | [01](?:_[48]_[48])? )
        | tq[12]_0 | mxfp4 | bf16 | fp?(?:16|32)
    ) (?![a-z0-9])""",
    re.IGNORECASE | re.VERBOSE,
)

#: What is best for so small a model: fewer bits save little with this vocabulary, and cost quality.
_BEST: Final = "Q8_0"
#: In front of what needs more memory than is free; the form says what it means.
_MARK: Final = "⚠ "


def quantisation(name: str) -> str | None:
    """How a file's weights are stored, such as `Q4_K_M`, if its name says so.

    The last one counts: a file's own name says more than its folder's.
    """
    found = _QUANTISATION.findall(name)
    return found[-1].upper().replace("FP16", "F16").replace("FP32", "F32") if found else None


def offered(files: Sequence[HubFile], memory: Memory) -> tuple[list[SelectOptionDict], str]:
    """The choice of `files`, of which there is one at least; and the name of the best of them.

    What is too large for the machine is left out, unless nothing else is there: the size that is
    needed is an estimate. What is too large just now comes last, with a mark.
    """
    possible = [file for file in files if can_fit(file.size, memory)] or list(files)
    now = [file for file in possible if fits_now(file.size, memory)]
    later = [file for file in possible if file not in now]
    options = [SelectOptionDict(value=file.name, label=_label(file)) for file in now]
    options += [SelectOptionDict(value=file.name, label=_MARK + _label(file)) for file in later]
    best = [file for file in now if quantisation(file.name) == _BEST] or now
    return options, (best[0] if best else min(later, key=lambda file: file.size)).name


def _label(file: HubFile) -> str:
    """`model-Q8_0.gguf (Q8_0, 292 MB)`, as far as it is known."""
    size = f"{max(file.size / 1e6, 1):.0f} MB" if file.size else None
    facts = ", ".join(fact for fact in (quantisation(file.name), size) if fact)
    return f"{file.name} ({facts})" if facts else file.name
