"""What goes through the pipes: frames of JSON, and the shapes in them.

A frame is a length (4 bytes, big-endian) and that many bytes of UTF-8 JSON. Requests are
`{"id": int, "op": str, …}`; each gets one answer, `{"id", "result"}` or `{"id", "error"}`.
`{"op": "cancel", "id": n}` has no answer of its own: request n's ends early.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Any, BinaryIO

from .. import catalogue, errors
from ..calls import FunctionCall
from ..decode import Answer, Decoded, Search
from ..errors import CoreError
from ..functions import Function, Parameter
from ..home import Area, Entity, Home
from ..work import Step, Work
from .pace import Pace

#: Longest frame taken, in bytes; a home of 5,000 entities has about one million.
MAX_FRAME = 64 << 20

#: Homes the child keeps prepared: one that has become different is known in two ways for a while.
REMEMBERED = 4

Json = dict[str, Any]


def pack(message: Mapping[str, Any]) -> bytes:
    """The frame of a message."""
    data = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
    return len(data).to_bytes(4, "big") + data


def frame_length(header: bytes) -> int:
    """Length of the frame `header` announces; raises ValueError for one that cannot be."""
    length = int.from_bytes(header, "big")
    if length > MAX_FRAME:
        raise ValueError(f"a frame of {length} bytes")
    return length


def read_frame(stream: BinaryIO) -> Json | None:
    """The next message; None at the end of the stream, also in the middle of a frame."""
    header = stream.read(4)
    if len(header) < 4:
        return None
    data = stream.read(length := frame_length(header))
    if len(data) < length:
        return None
    message: Json = json.loads(data)
    return message


def home_to_dict(home: Home) -> Json:
    """A home for the pipe; `home_from_dict` is its inverse."""
    return {
        "entities": [
            {
                **dataclasses.asdict(e),
                "features": None if e.features is None else sorted(e.features),
            }
            for e in home.entities
        ],
        "areas": [dataclasses.asdict(area) for area in home.areas],
    }


def home_from_dict(data: Json) -> Home:
    """A home from the pipe."""
    return Home(
        tuple(
            Entity(
                e["entity_id"],
                e["name"],
                e["area"],
                tuple(e["aliases"]),
                None if e["features"] is None else frozenset(e["features"]),
                {key: tuple(values) for key, values in e["options"].items()},
                e["device_class"],
            )
            for e in data["entities"]
        ),
        tuple(Area(a["name"], a["floor"], tuple(a["aliases"])) for a in data["areas"]),
    )


def function_to_dict(function: Function) -> str | Json:
    """A function for the pipe: the name of a home function, everything about any other."""
    if catalogue.BY_NAME.get(function.name) == function:
        return function.name
    shape = dataclasses.asdict(dataclasses.replace(function, to_service=None))
    del shape["to_service"]
    return shape


def function_from_dict(data: str | Json) -> Function:
    """A function from the pipe; what turns its calls into actions stays behind."""
    if isinstance(data, str):
        return catalogue.BY_NAME[data]
    return Function(**{**_with_tuples(data), "parameters": _parameters(data["parameters"])})


def _parameter(data: Json) -> Parameter:
    rest = _with_tuples(data)
    rest["items"] = _parameter(data["items"]) if data["items"] else None
    rest["properties"] = _parameters(data["properties"])
    return Parameter(**rest)


def _parameters(rows: list[Json]) -> tuple[Parameter, ...]:
    return tuple(_parameter(row) for row in rows)


def _with_tuples(data: Json) -> Json:
    """JSON has no tuples, our dataclasses no lists."""
    return {key: tuple(v) if isinstance(v, list) else v for key, v in data.items()}


def decoded_to_dict(decoded: Decoded) -> Json:
    """An outcome for the pipe; `decoded_from_dict` is its inverse."""
    return dataclasses.asdict(decoded)


def decoded_from_dict(data: Json) -> Decoded:
    """An outcome from the pipe."""
    answers = tuple(
        Answer(
            tuple(FunctionCall(call["name"], call["arguments"]) for call in answer["calls"]),
            answer["logprob"],
        )
        for answer in data["answers"]
    )
    work = Work(tuple(Step(*row) for row in data["work"]["steps"]), data["work"]["rows"])
    return Decoded(**{**data, "answers": answers, "work": work})


def search_from_dict(data: Json) -> Search:
    """Search parameters from the pipe."""
    return Search(**data)


def pace_from_dict(data: Json | None) -> Pace | None:
    """What was measured with how many threads, from the pipe."""
    if data is None:
        return None
    return Pace(**{**data, "batches": tuple(map(tuple, data["batches"]))})


def error_to_dict(error: BaseException) -> Json:
    """An error for the pipe: ours with their arguments, others as text."""
    if isinstance(error, CoreError):
        return {
            "type": type(error).__name__,
            "args": list(error.args),
            "placeholders": error.placeholders,
        }
    message = f"{type(error).__name__}: {error}"
    return {"type": "WorkerError", "args": [message], "placeholders": {}}


def error_from_dict(data: Json) -> CoreError:
    """The error to raise for one from the pipe."""
    kind: type[CoreError] = getattr(errors, data["type"])
    return kind(*data["args"], **data["placeholders"])
