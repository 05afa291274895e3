"""A small completions server on loopback, as strict as the strictest: what it is not meant to
take, it refuses.

As llama.cpp's own server it answers `/tokenize` and streams from `/completion`; otherwise it is an
OpenAI-style one with `/v1/completions`. What the model says is scripted by sentence.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import web

from custom_components.functiongemma.core import tokens
from custom_components.functiongemma.core.calls import FunctionCall, call_segments
from custom_components.functiongemma.core.tokens import Segment

KEY: Final = "sk-right"
TRIAL: Final = "Turn on the kitchen light"

_KNOWN: Final = {"prompt", "max_tokens", "temperature", "stop", "logprobs", "model"}
#: A grammar that leaves one answer.
_FORCED = re.compile(r'root ::= "(\w+)"')


@dataclass
class CompletionServer:
    """What it is, what its model says, and what it was asked."""

    llama_cpp: bool = False
    spelling: str = "functiongemma"
    """How its model spells its tokens; prompts in another spelling are not understood."""
    home_model: bool = True
    """Whether the model needs no declarations; others need them."""
    prints_tokens: bool = True
    """Whether control tokens are in the text."""
    logprobs: bool = True
    grammar: bool | None = None
    """Whether it obeys a grammar; None: it refuses one."""
    key: str | None = None
    models: list[str] = field(default_factory=lambda: ["gemma"])
    lists_models: bool = True
    answers: dict[str, Sequence[FunctionCall] | str] = field(default_factory=dict)
    logprob: float = -0.01
    status: int = 200
    """Of completions; anything else is a failure."""
    body: str = '{"error": {"message": "out of memory"}}'
    hold: asyncio.Event | None = None
    """While it is not set, completions take their time."""

    prompts: list[str] = field(default_factory=list)
    grammars: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    hung_up: int = 0
    """Completions whose asker did not wait for the end."""
    written: int = 0
    """Tokens that were written."""
    url: str = ""

    async def start(self, port: int | None = None) -> None:
        """Listen on a port of 127.0.0.1, a free one if none is given."""
        app = web.Application()
        app.router.add_get("/v1/models", self._models)
        app.router.add_post("/v1/completions", self._completions)
        if self.llama_cpp:
            app.router.add_post("/tokenize", self._tokenize)
            app.router.add_post("/completion", self._completion)
        self._runner = web.AppRunner(app, handler_cancellation=True)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port or 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Close all connections."""
        await self._runner.cleanup()

    # -- endpoints -------------------------------------------------------------------------------

    async def _models(self, request: web.Request) -> web.Response:
        self._note(request)
        if not self.lists_models:
            raise web.HTTPNotFound
        return web.json_response({"data": [{"id": name} for name in self.models]})

    async def _tokenize(self, request: web.Request) -> web.Response:
        self._note(request)
        content = (await request.json())["content"]
        id_ = tokens.SPECIAL_SPELLINGS.get(content)
        mine = content.startswith("<unused") == (self.spelling == "gemma")
        found = [id_] if id_ is not None and mine else [ord(c) + 1000 for c in content]
        return web.json_response({"tokens": found})

    async def _completions(self, request: web.Request) -> web.Response:
        body = await self._asked(request)
        known = _KNOWN if self.grammar is None else {*_KNOWN, "grammar"}
        if unknown := body.keys() - known:
            return _refuse(400, f"unknown fields: {unknown}")
        if len(body.get("stop", ())) > 4 or not isinstance(body["prompt"], str):
            return _refuse(400, "not like this")
        if body.get("model") not in self.models:
            return _refuse(
                404, f"The model `{body.get('model')}` does not exist", "model_not_found"
            )
        if "logprobs" in body and not self.logprobs:
            return _refuse(500, "logprobs is not supported")
        segments = self._answer(body["prompt"])
        if self.grammar and (forced := _FORCED.match(body.get("grammar", ""))):
            segments = [forced[1]]
        pieces = [self._piece(part) for part in segments]
        text = "".join(pieces)
        for stop in body.get("stop", ()):
            text = text.split(stop)[0]
        choice: dict[str, Any] = {"index": 0, "text": text, "finish_reason": "stop"}
        choice["logprobs"] = None
        if "logprobs" in body:
            choice["logprobs"] = {"tokens": pieces, "token_logprobs": [self.logprob] * len(pieces)}
        return web.json_response(
            {"choices": [choice], "usage": {"prompt_tokens": self._count(body["prompt"])}}
        )

    async def _completion(self, request: web.Request) -> web.StreamResponse:
        body = await self._asked(request)
        assert body["stream"] and body["return_tokens"]
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        # It knows nothing of <start_function_response>, and goes on after it.
        noise = ["noise", *call_segments(FunctionCall("noise"))] * 100
        segments = [*self._answer(body["prompt"]), *noise]
        try:
            for part in segments:
                ids = [part] if isinstance(part, int) else [7]
                row = {"id": ids[0], "logprob": self.logprob}
                content = "" if isinstance(part, int) else part
                await self._send(
                    response,
                    {
                        "content": content,
                        "tokens": ids,
                        "completion_probabilities": [row] * body["n_probs"],
                    },
                )
                self.written += 1
                if part == tokens.END_OF_TURN:
                    break
                await asyncio.sleep(0.01)
            await self._send(response, {"content": "", "stop": True, "stop_type": "eos"})
        except (ConnectionError, asyncio.CancelledError):
            self.hung_up += 1
            raise
        return response

    async def _send(self, response: web.StreamResponse, event: dict[str, Any]) -> None:
        await response.write(b"data: " + json.dumps({"stop": False, **event}).encode() + b"\n\n")

    # -- what they share -------------------------------------------------------------------------

    def _note(self, request: web.Request) -> None:
        self.headers.append(dict(request.headers))
        if self.key and request.headers.get("Authorization") != f"Bearer {self.key}":
            raise web.HTTPUnauthorized(text='{"detail": "Invalid API key"}')

    async def _asked(self, request: web.Request) -> dict[str, Any]:
        self._note(request)
        body: dict[str, Any] = await request.json()
        self.prompts.append(body["prompt"])
        self.grammars.append(body.get("grammar", ""))
        if self.status != 200:
            raise _Failure(self.status, self.body)
        if self.hold is not None:
            try:
                await self.hold.wait()
            except asyncio.CancelledError:
                self.hung_up += 1
                raise
        return body

    def _answer(self, prompt: str) -> list[Segment]:
        """What the model says to the last turn of a prompt that it understands."""
        understood = "<unused40>" in prompt if self.spelling == "gemma" else "<unused" not in prompt
        declared = "brightness_pct" in prompt
        if not understood or (not self.home_model and not declared):
            return ["Sorry?", tokens.END_OF_TURN]
        user = prompt.rpartition("<start_of_turn>user\n")[2]
        sentence = user.partition("<end_of_turn>")[0].rpartition("\n")[2]
        said = self.answers.get(sentence)
        if said is None and sentence == TRIAL:
            said = [FunctionCall("light.turn_on", {"area": "Kitchen"})]
        if isinstance(said, str):
            return [said, tokens.END_OF_TURN]
        if not said:
            return [tokens.END_OF_TURN]
        parts = [part for call in said for part in call_segments(call)]
        return [*parts, tokens.START_FUNCTION_RESPONSE]

    def _count(self, prompt: str) -> int:
        """Tokens of a prompt: letters of a control token it does not know are one each."""
        gemma = self.spelling == "gemma"
        found = re.findall(r"<unused\d+>" if gemma else r"<\w+>", prompt)
        return len(prompt) - sum(map(len, found)) + len(found)

    def _piece(self, part: Segment) -> str:
        if isinstance(part, str):
            return part
        if not self.prints_tokens:
            return ""
        if self.spelling == "gemma" and part in tokens.FUNCTION_TOKENS:
            return f"<unused{part - 6}>"
        return tokens.SPELLINGS[part]


class _Failure(web.HTTPException):
    def __init__(self, status: int, text: str) -> None:
        self.status_code = status
        super().__init__(text=text)


def _refuse(status: int, message: str, code: str | None = None) -> web.Response:
    error = {"message": message, "type": "invalid_request_error", "code": code}
    return web.json_response({"error": error}, status=status)
