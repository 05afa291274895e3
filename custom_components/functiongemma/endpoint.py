"""Talks to a server that completes text: llama.cpp's own, or any with `/v1/completions`.

llama.cpp's own server says which tokens it wrote, also those it does not print, so its answer ends
where the model ends it. Other servers give text.

API: https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md and
https://platform.openai.com/docs/api-reference/completions
"""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from aiohttp import ClientError, ClientResponse, ClientSession

from .core import tokens
from .core.completion import MAX_ANSWER, SPELLINGS, STOPS, Reply, Spelling
from .errors import (
    RemoteModelNotFoundError,
    RemoteRefusedError,
    RemoteUnauthorizedError,
    RemoteUnreachableError,
)

#: How a server is asked.
Dialect = Literal["llama_cpp", "completions"]

#: Most bytes of an answer that are read.
_MOST: Final = 1 << 20
#: Characters of a server's own words that are passed on.
_WORDS: Final = 200
#: Stop texts in a request; OpenAI takes four at most.
_MOST_STOPS: Final = 4


def parse_url(text: str) -> str:
    """The address before `/v1`, from what people paste; raises ValueError for no web address."""
    parts = urlsplit(text.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
        raise ValueError(f"{text!r} is no address of a server")
    _ = parts.port  # raises ValueError
    path = parts.path.rstrip("/")
    for ending in ("/completions", "/completion", "/models", "/v1"):
        path = path.removesuffix(ending).rstrip("/")
    return f"{parts.scheme}://{parts.netloc}{path}"


@dataclass(frozen=True)
class Endpoint:
    """A server, and how it is asked."""

    session: ClientSession
    url: str
    """Before `/v1`, without a slash at the end."""
    key: str | None = None
    model: str | None = None
    dialect: Dialect = "completions"
    spelling: Spelling = "functiongemma"
    logprobs: bool = True
    """Whether the server takes the wish for log-probabilities."""
    grammar: bool = True
    """Whether the server takes a grammar; all of llama.cpp's do."""

    async def async_models(self) -> list[str]:
        """Names of the server's models; empty where it does not tell.

        Raises RemoteUnreachableError and RemoteUnauthorizedError.
        """
        try:
            answer = await self._json("GET", "/v1/models")
        except (RemoteRefusedError, RemoteModelNotFoundError):
            return []
        rows = answer.get("data")
        rows = rows if isinstance(rows, list) else []
        return [str(row["id"]) for row in rows if isinstance(row, Mapping) and "id" in row]

    async def async_spelling(self) -> Spelling | None:
        """How the model spells its tokens, as llama.cpp's own server tells; None: it is another.

        Raises RemoteUnreachableError and RemoteUnauthorizedError.
        """
        for spelling in SPELLINGS:
            call = "<start_function_call>" if spelling == "functiongemma" else "<unused42>"
            body = {"content": call, "add_special": False, "parse_special": True}
            try:
                answer = await self._json("POST", "/tokenize", self._with_model(body))
            except (RemoteRefusedError, RemoteModelNotFoundError):
                return None
            if answer.get("tokens") == [tokens.START_FUNCTION_CALL]:
                return spelling
        return None

    async def async_complete(
        self, prompt: str, grammar: str | None = None, *, limit: int = MAX_ANSWER
    ) -> Reply:
        """What the model writes after `prompt`: at most `limit` tokens, of `grammar` if it can.

        Raises RemoteUnreachableError, RemoteUnauthorizedError, RemoteModelNotFoundError and
        RemoteRefusedError. Cancelled, it closes the connection, and the server gives up.
        """
        began = time.perf_counter()
        ask = self._llama_cpp if self.dialect == "llama_cpp" else self._completions
        body = {"grammar": grammar} if grammar and self.grammar else {}
        reply = await ask(prompt, body, limit)
        return replace(reply, milliseconds=(time.perf_counter() - began) * 1000)

    def spells_out(self, text: str) -> bool:
        """Whether the model wrote a control token letter by letter, because a grammar made it.

        It meant something else then, and had nothing to call: llama.cpp does not print the token.
        """
        return self.grammar and self.spelling == "gemma" and "<unused" in text

    # -- llama.cpp's own server ------------------------------------------------------------------

    async def _llama_cpp(self, prompt: str, more: dict[str, str], limit: int) -> Reply:
        body = {
            **more,
            "prompt": prompt,
            "n_predict": limit,
            "temperature": 0,
            "cache_prompt": True,
            "n_probs": int(self.logprobs),
            "return_tokens": True,
            "stream": True,
        }
        text: list[str] = []
        logprobs: list[float] = []
        async with self._asked("POST", "/completion", self._with_model(body)) as response:
            async for event in _events(response):
                ids = event.get("tokens") or []
                rows = event.get("completion_probabilities") or []
                logprobs += [float(row["logprob"]) for row in rows]
                for token in ids:
                    text.append(tokens.SPELLINGS.get(token, ""))
                text.append(str(event.get("content") or ""))
                # It knows two of the three ends; at the other one it would go on.
                if event.get("stop") or tokens.STOP_IDS.intersection(ids):
                    break
        return Reply("".join(text), tuple(logprobs) or None)

    # -- any other -------------------------------------------------------------------------------

    async def _completions(self, prompt: str, more: dict[str, str], limit: int) -> Reply:
        body: dict[str, Any] = {
            **more,
            "prompt": prompt,
            "max_tokens": limit,
            "temperature": 0,
            "stop": [stop for stop in STOPS if stop != "<eos>"][:_MOST_STOPS],
        }
        if self.logprobs:
            body["logprobs"] = 1
        answer = await self._json("POST", "/v1/completions", self._with_model(body))
        try:
            choice = answer["choices"][0]
            found = (choice.get("logprobs") or {}).get("token_logprobs") or ()
            logprobs = tuple(float(value) for value in found if value is not None)
            used = (answer.get("usage") or {}).get("prompt_tokens")
            return Reply(str(choice["text"]), logprobs or None, used)
        except (KeyError, IndexError, TypeError, ValueError, AttributeError) as err:
            reason = "its answer is not that of a completions endpoint"
            raise RemoteRefusedError(reason, reason=reason) from err

    # -- what both have in common ----------------------------------------------------------------

    def _with_model(self, body: dict[str, Any]) -> dict[str, Any]:
        return {**body, "model": self.model} if self.model else body

    async def _json(
        self, method: str, path: str, body: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        async with self._asked(method, path, body) as response:
            answer = _object(await _read(response))
        if answer is None:
            reason = "its answer is no JSON"
            raise RemoteRefusedError(reason, reason=reason)
        return answer

    @asynccontextmanager
    async def _asked(
        self, method: str, path: str, body: Mapping[str, Any] | None
    ) -> AsyncIterator[ClientResponse]:
        """A response that is in order; every other way it can go is an error of ours."""
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        try:
            async with self.session.request(
                method,
                self.url + path,
                json=body,
                headers=headers,
                # A sentence goes to the server that was named, and nowhere else.
                allow_redirects=False,
            ) as response:
                if response.status != 200:
                    raise _error(response.status, await _read(response), self.model)
                yield response
        except (ClientError, OSError, ValueError) as err:
            if isinstance(err, TimeoutError):
                raise
            reason = str(err) or type(err).__name__
            raise RemoteUnreachableError(reason, reason=reason) from err


async def _read(response: ClientResponse) -> bytes:
    """The body; what is too long to be an answer is cut, and will not be JSON."""
    found = bytearray()
    async for block in response.content.iter_any():
        found += block
        if len(found) > _MOST:
            break
    return bytes(found)


async def _events(response: ClientResponse) -> AsyncIterator[dict[str, Any]]:
    """Server-sent events that are JSON."""
    async for line in response.content:
        if line.startswith(b"data:") and (event := _object(line[5:])) is not None:
            if "error" in event:
                raise _error(500, line[5:], None)
            yield event


def _object(data: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(data)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _error(status: int, data: bytes, model: str | None) -> Exception:
    """The error for an answer that is none; servers put their words into `error` or `detail`."""
    found = _object(data) or {}
    said = found.get("error") or found.get("detail") or found.get("message") or ""
    code = said.get("code") if isinstance(said, Mapping) else None
    words = str(said.get("message") or "") if isinstance(said, Mapping) else str(said)
    words = " ".join(words.split())[:_WORDS]
    if status in (401, 403):
        return RemoteUnauthorizedError(words or None)
    if code == "model_not_found" or (status == 404 and "model" in words.lower()):
        return RemoteModelNotFoundError(words or None, model=model or "?")
    reason = f"{status} {words}".strip()
    return RemoteRefusedError(f"the server answered {reason}", reason=reason)
