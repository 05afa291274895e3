"""A model behind llama-cpp-python's own interface: `python -m bench.stock MODEL CONTEXT THREADS`.

Runs in a process of its own, so that its memory can be told apart. A line of standard input is a
prompt, a JSON list of segments; a line of standard output is what became of it. Before every
prompt the interface's own memory of the prompt before is emptied: an assistant is asked once in a
while, and whatever changes in the prompt (states, time, examples) comes before the sentence.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from typing import Any

from llama_cpp import Llama, StoppingCriteriaList

from custom_components.functiongemma.core import tokens

from .machine import memory

#: Most tokens of an answer; one that does not end counts with so many.
MAX_TOKENS = 128


def _ended(ids: Any, _: Any) -> bool:
    return int(ids[-1]) in tokens.STOP_IDS


def answer(llama: Llama, segments: list[tokens.Segment]) -> dict[str, Any]:
    """Time one prompt from its text to the whole answer's."""
    llama.reset()
    began = time.perf_counter()
    ids = tokens.encode(segments, lambda text: llama.tokenize(text.encode(), add_bos=False))
    found: Any = llama.create_completion(
        ids,
        max_tokens=MAX_TOKENS,
        temperature=0.0,
        stopping_criteria=StoppingCriteriaList([_ended]),
    )
    return {
        "ms": (time.perf_counter() - began) * 1000,
        "prompt_tokens": found["usage"]["prompt_tokens"],
        "answer_tokens": found["usage"]["completion_tokens"],
        "text": found["choices"][0]["text"],
        **memory(os.getpid()),
    }


def main(model: str, context: str, threads: str) -> None:
    """Answer prompts until standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to act on
    results = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what the library prints is no result
    llama = Llama(
        model,
        n_ctx=int(context),
        n_threads=int(threads),
        n_threads_batch=int(threads),
        verbose=False,
    )
    for line in sys.stdin:
        print(json.dumps(answer(llama, json.loads(line))), file=results, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
