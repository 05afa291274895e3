"""Whatever happens to the worker, every request is answered and the next one works."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import errno
import io
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from custom_components.functiongemma.core import catalogue, errors, tokens
from custom_components.functiongemma.core.calls import FunctionCall
from custom_components.functiongemma.core.constraint import Constraint
from custom_components.functiongemma.core.decode import Answer, Decoded, Search, decode
from custom_components.functiongemma.core.engine import LlamaEngine, context
from custom_components.functiongemma.core.functions import Function, Parameter
from custom_components.functiongemma.core.home import Area, Entity, Home
from custom_components.functiongemma.core.prompt import HOME_STYLE, build_static
from custom_components.functiongemma.core.work import Step, Work
from custom_components.functiongemma.core.worker import (
    SyncWorker,
    WorkerClient,
    WorkerInfo,
    child,
    most_threads,
    protocol,
)
from custom_components.functiongemma.core.worker.death import cause_of_death
from custom_components.functiongemma.core.worker.protocol import REMEMBERED

from . import tiny_gguf

pytest.importorskip("llama_cpp", reason="runs llama.cpp")

ROOT = Path(__file__).parents[2]
HOME = Home(
    (
        Entity("light.ceiling", "Ceiling", "Kitchen", features=frozenset({"brightness"})),
        Entity("fan.attic", "Fan", "Attic", aliases=("Blower",), features=None),
        Entity("climate.x", "AC", options={"hvac_modes": ("heat", "cool")}, device_class="x"),
    ),
    (Area("Kitchen", "Ground", ("Cuisine",)), Area("Attic")),
)
FUNCTIONS = catalogue.functions_for(HOME)
SEARCH = Search(budget=60)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_gguf.write(tmp_path_factory.mktemp("gguf") / "tiny.gguf", prompt=HOME_STYLE)


@contextlib.asynccontextmanager
async def loaded(model: Path) -> AsyncIterator[tuple[WorkerClient, str]]:
    """A worker that is ready to be asked."""
    client = WorkerClient()
    try:
        await client.load(model, threads=1, context=tiny_gguf.CONTEXT)
        yield client, await client.prepare(HOME, FUNCTIONS, style=HOME_STYLE)
    finally:
        await client.stop()


def facts(client: WorkerClient) -> WorkerInfo:
    """What is loaded; something is."""
    assert client.info is not None
    return client.info


async def answers(client: WorkerClient, key: str) -> bool:
    """Whether a sentence gets an outcome."""
    decoded = await client.decode(key, "turn on the light", search=SEARCH, seconds=30)
    return bool(decoded.answers)


def gone(pid: int, seconds: float = 10.0) -> bool:
    """Whether a process ends within `seconds`."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


def test_a_model_is_only_asked_for_what_it_was_trained_on(tmp_path: Path) -> None:
    path = tmp_path / "tiny.gguf"
    tiny_gguf.write(
        path,
        prompt=HOME_STYLE,
        functions="fan.turn_on fan.turn_off light.turn_off",
        domains="fan climate",
    )
    with SyncWorker() as worker:
        info = worker.load(path, threads=1, context=tiny_gguf.CONTEXT)
        assert info.functions == ["fan.turn_on", "fan.turn_off", "light.turn_off"]
        assert info.domains == ["fan", "climate"]
        key = worker.prepare(HOME, FUNCTIONS, style=HOME_STYLE)
        for sentence in ("turn on the light", "too warm", "off"):
            decoded = worker.decode(key, sentence, search=SEARCH, seconds=30)
            called = {call.name for answer in decoded.answers for call in answer.calls}
            assert called <= {"fan.turn_on", "fan.turn_off"}
            assert called


def test_the_worker_answers_what_the_core_answers(model: Path) -> None:
    engine = LlamaEngine(model, context=tiny_gguf.CONTEXT)
    static = build_static(HOME, FUNCTIONS, style=HOME_STYLE)
    prefix = tokens.encode(static.segments, engine.vocabulary.tokenize)
    turn = tokens.encode(static.turn("turn on the light"), engine.vocabulary.tokenize)
    engine.begin(prefix, turn)
    expected = decode(Constraint(HOME, FUNCTIONS, engine.vocabulary), engine, SEARCH)
    engine.close()
    with SyncWorker() as worker:
        info = worker.load(model, threads=1, context=tiny_gguf.CONTEXT)
        assert info.prompt == HOME_STYLE
        assert info.threads == 1
        assert info.rss is not None and info.rss > 10_000_000
        key = worker.prepare(HOME, FUNCTIONS, style=HOME_STYLE)
        assert worker.prepare(HOME, FUNCTIONS, style=HOME_STYLE) == key
        found = worker.decode(key, "turn on the light", search=SEARCH)
        as_segments = worker.decode(key, static.turn("turn on the light"), search=SEARCH)
    for decoded in (found, as_segments):
        assert decoded.best is not None and expected.best is not None
        assert decoded.best.calls == expected.best.calls
        assert decoded.no_call == pytest.approx(expected.no_call, abs=0.01)
        assert decoded.confidence == pytest.approx(expected.confidence, abs=0.01)
        assert {"restore", "prefill", "decode"} <= decoded.timings.keys()
        assert (decoded.prompt_tokens, decoded.turn_tokens) == (len(prefix), len(turn))


def test_a_model_that_speaks_answers_in_words(model: Path) -> None:
    with SyncWorker() as worker:
        worker.load(model, threads=1, context=tiny_gguf.CONTEXT)
        key = worker.prepare(HOME, FUNCTIONS[:2], style=None, text="Be brief.")
        decoded = worker.decode(key, "hello", speaks=True, search=SEARCH)
    assert decoded.best is not None
    assert decoded.best.calls == ()  # noise: all words together are likelier than a call
    assert decoded.text


def test_the_child_needs_neither_home_assistant_nor_our_package(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("homeassistant", "custom_components"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('imported in the worker')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    async def run() -> None:
        async with loaded(model) as (client, key):
            assert await answers(client, key)

    asyncio.run(run())


DEATHS: list[tuple[int, type[errors.WorkerError], str]] = [
    (signal.SIGKILL, errors.WorkerOutOfMemoryError, "SIGKILL"),
    (signal.SIGSEGV, errors.WorkerCrashedError, "SIGSEGV"),
    (signal.SIGILL, errors.WorkerCrashedError, "another processor"),
    (signal.SIGTERM, errors.WorkerCrashedError, "SIGTERM"),
]


def test_a_death_fails_the_request_in_flight_and_the_next_one_works(model: Path) -> None:
    async def run() -> None:
        async with loaded(model) as (client, key):
            for number, kind, said in DEATHS:
                pid = facts(client).pid
                os.kill(pid, signal.SIGSTOP)
                request = asyncio.create_task(answers(client, key))
                await asyncio.sleep(0.1)
                os.kill(pid, number)
                os.kill(pid, signal.SIGCONT)
                with pytest.raises(kind, match=said):
                    await request
                assert await answers(client, key)
                assert facts(client).pid != pid

    asyncio.run(run())


def test_a_death_between_requests_goes_unnoticed(model: Path) -> None:
    async def run() -> None:
        async with loaded(model) as (client, key):
            os.kill(facts(client).pid, signal.SIGKILL)
            await asyncio.sleep(0.3)
            assert await answers(client, key)

    asyncio.run(run())


def test_a_sentence_given_up_while_the_worker_is_replaced_leaves_the_next_one_ready(
    model: Path,
) -> None:
    async def run() -> None:
        async with loaded(model) as (client, key):
            os.kill(facts(client).pid, signal.SIGKILL)
            await asyncio.sleep(0.3)
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.01):
                    await answers(client, key)
            # Nobody asks again: it gets ready by itself.
            async with asyncio.timeout(60):
                while client.info is None:
                    await asyncio.sleep(0.05)
            assert await answers(client, key)

    asyncio.run(run())


def test_a_stuck_worker_is_replaced_at_the_deadline(model: Path) -> None:
    async def run() -> None:
        async with loaded(model) as (client, key):
            pid = facts(client).pid
            os.kill(pid, signal.SIGSTOP)
            with pytest.raises(errors.WorkerTimeoutError):
                await client.decode(key, "turn on the light", seconds=0.2)
            assert gone(pid)
            assert await answers(client, key)

    asyncio.run(run())


def test_a_slow_sentence_is_an_error_but_the_worker_lives(model: Path) -> None:
    async def run() -> None:
        async with loaded(model) as (client, key):
            pid = facts(client).pid
            with pytest.raises(errors.WorkerTimeoutError):
                await client.decode(key, "turn on the light", seconds=0.0)
            assert await answers(client, key)
            assert facts(client).pid == pid

    asyncio.run(run())


def test_a_cancelled_request_really_ends(model: Path) -> None:
    async def run() -> None:
        async with loaded(model) as (client, key):
            pid = facts(client).pid
            endless = Search(margin=1e-12, rest=0.0, answers=10**6, budget=10**6)
            request = asyncio.create_task(
                client.decode(key, "turn on the light", seconds=60, search=endless)
            )
            await asyncio.sleep(0.3)
            assert not request.done()
            request.cancel()
            with pytest.raises(asyncio.CancelledError):
                await request
            assert await answers(client, key)
            assert facts(client).pid == pid  # it gave up by itself

            os.kill(pid, signal.SIGSTOP)
            request = asyncio.create_task(client.decode(key, "turn on the light"))
            await asyncio.sleep(0.1)
            request.cancel()
            with pytest.raises(asyncio.CancelledError):
                await request
            assert gone(pid)
            assert await answers(client, key)

    asyncio.run(run())


def test_requests_at_once_wait_for_each_other(model: Path) -> None:
    async def run() -> None:
        async with loaded(model) as (client, key):
            assert await asyncio.gather(*(answers(client, key) for _ in range(5))) == [True] * 5

    asyncio.run(run())


def test_a_bad_model_is_an_error_and_a_good_one_loads_afterwards(
    model: Path, tmp_path: Path
) -> None:
    page = tmp_path / "page.gguf"
    page.write_text("<html>")

    async def run() -> None:
        async with loaded(model) as (client, _):
            with pytest.raises(errors.NotGgufError, match=r"page\.gguf") as refused:
                await client.load(page)
            assert refused.value.placeholders == {"file": "page.gguf"}
            assert client.info is None
            with pytest.raises(errors.WorkerError, match="No model"):
                await client.prepare(HOME, FUNCTIONS, style=None)
            await client.load(model, threads=1, context=tiny_gguf.CONTEXT)
            key = await client.prepare(HOME, FUNCTIONS, style=HOME_STYLE)
            assert await answers(client, key)

    asyncio.run(run())


def test_too_long_a_sentence_or_home_is_an_error_of_its_own(model: Path) -> None:
    crowd = Home(tuple(Entity(f"light.x{i}", f"{'Lamp ' * 9}{i}") for i in range(250)))

    async def run() -> None:
        async with loaded(model) as (client, key):
            with pytest.raises(errors.PromptTooLongError):
                await client.decode(key, "x" * 10_000)
            with pytest.raises(errors.PromptTooLongError):
                await client.prepare(crowd, FUNCTIONS, style=HOME_STYLE)
            with pytest.raises(KeyError):
                await client.decode("no such home", "turn on the light")
            assert await answers(client, key)

    asyncio.run(run())


def test_a_home_that_others_pushed_out_is_prepared_again(model: Path) -> None:
    async def run() -> None:
        async with loaded(model) as (client, first):
            keys = [first]
            for i in range(2):
                other = Home((Entity("light.x", f"Lamp {i}"),))
                keys.append(await client.prepare(other, FUNCTIONS[:1], style=HOME_STYLE))
            assert len(set(keys)) == 3
            for key in (*keys, *keys):
                assert await answers(client, key)

    asyncio.run(run())


def test_homes_asked_about_in_turn_are_all_answered_however_many_there_are(model: Path) -> None:
    """Of more than the worker keeps, parent and child forget the same ones."""

    async def run() -> None:
        async with loaded(model) as (client, first):
            keys = [first]
            for i in range(REMEMBERED - 1):
                other = Home((Entity("light.x", f"Lamp {i}"),))
                keys.append(await client.prepare(other, FUNCTIONS[:1], style=HOME_STYLE))
            # The oldest is asked about again, so the next one makes the second oldest go.
            assert await answers(client, first)
            one_more = Home((Entity("light.x", "One more"),))
            keys.append(await client.prepare(one_more, FUNCTIONS[:1], style=HOME_STYLE))
            for key in (first, *keys[2:]):
                assert await answers(client, key)
            with pytest.raises(KeyError):
                await answers(client, keys[1])

    asyncio.run(run())


def test_unloading_ends_the_process(model: Path) -> None:
    async def run() -> None:
        async with loaded(model) as (client, _):
            pid = facts(client).pid
            await client.unload()
            assert gone(pid)
            assert client.info is None
            await client.load(model, threads=1, context=tiny_gguf.CONTEXT)
            assert facts(client).pid != pid

    asyncio.run(run())


def test_the_worker_dies_with_its_parent(model: Path) -> None:
    script = textwrap.dedent("""
        import os, sys
        from pathlib import Path
        from custom_components.functiongemma.core.worker import SyncWorker
        worker = SyncWorker()
        print(worker.load(Path(sys.argv[1]), threads=1, context=512).pid, flush=True)
        os._exit(1)
    """)
    result = subprocess.run(
        [sys.executable, "-c", script, str(model)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert gone(int(result.stdout))


def test_the_house_comes_first(model: Path) -> None:
    async def run() -> None:
        async with loaded(model) as (client, _):
            own = os.getpriority(os.PRIO_PROCESS, 0)
            niceness = os.getpriority(os.PRIO_PROCESS, facts(client).pid)
            assert niceness == min(19, own + 5)
            score = Path(f"/proc/{facts(client).pid}/oom_score_adj")
            if score.exists():
                assert int(score.read_text()) == 500

    asyncio.run(run())


def test_the_number_of_threads_is_tried_out_where_nobody_chose_it(model: Path) -> None:
    async def run() -> None:
        async with loaded(model) as (client, _):
            assert facts(client).pace is None
            assert facts(client).threads == 1
            await client.load(model, context=tiny_gguf.CONTEXT)
            at_start = facts(client).pace
            assert at_start is not None
            key = await client.prepare(HOME, FUNCTIONS, style=HOME_STYLE)
            assert facts(client).pace == at_start
            assert await answers(client, key)
            for durable in (True, True):
                await client.prepare(HOME, FUNCTIONS, style=HOME_STYLE, durable=durable)
            at_rest = facts(client).pace
            assert at_rest is not None and at_rest != at_start
            assert facts(client).threads == at_rest.threads
            assert 1 <= at_rest.threads <= most_threads() <= 4
            assert {threads for threads, *_ in at_rest.batches} <= set(range(1, most_threads() + 1))
            assert await answers(client, key)

            os.kill(facts(client).pid, signal.SIGKILL)
            await asyncio.sleep(0.3)
            assert await answers(client, key)
            assert facts(client).pace not in (None, at_rest)

    asyncio.run(run())


def test_threads_are_tried_again_after_a_sentence_on_busy_cores(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every sentence counts as slow here: no core can be kept busy for as long as a test runs."""
    worker = child.Worker()
    monkeypatch.setattr(child, "BUSY", 0.0)
    monkeypatch.setattr(child, "most_threads", lambda: 2)

    def ask(op: str, **arguments: object) -> protocol.Json:
        answer = worker.handle({"id": 1, "op": op, **arguments})
        assert "error" not in answer
        found: protocol.Json = answer["result"]
        return found

    def say() -> protocol.Json:
        search = dataclasses.asdict(SEARCH)
        told = ask(
            "decode", key="k", seconds=30, search=search, speaks=False, sentence="turn on the light"
        )
        pace: protocol.Json = told["pace"]
        return pace

    at_start = ask(
        "load", path=str(model), threads=None, context=tiny_gguf.CONTEXT, snapshots=None
    )["pace"]
    home = protocol.home_to_dict(HOME)
    functions = [protocol.function_to_dict(function) for function in FUNCTIONS]
    ask("prepare", key="k", home=home, functions=functions, style=HOME_STYLE, text="", durable=0)
    worker.rest()
    assert say() == at_start
    worker.rest()
    monkeypatch.setattr(child, "BUSY", 1e9)
    tried_again = say()
    assert tried_again != at_start
    worker.rest()  # it is too early to see whether the cores are free
    assert say() == tried_again
    ask("unload")
    worker.rest()


def test_nothing_of_the_file_stays_in_memory_between_two_sentences(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """40 MB of the home model after a dozen sentences."""
    given: list[tuple[object, ...]] = []
    monkeypatch.setattr(context, "give_back", lambda *given_back: given.append(given_back))
    worker = child.Worker()
    worker.rest()
    message = {"path": str(model), "threads": 1, "context": tiny_gguf.CONTEXT, "snapshots": None}
    assert "error" not in worker.handle({"id": 1, "op": "load", **message})
    given.clear()
    worker.rest()
    ((file, (first, last)),) = given
    assert file == model and 0 < first < last <= model.stat().st_size
    worker.handle({"id": 2, "op": "unload"})


def test_trying_threads_changes_no_answer(model: Path) -> None:
    with SyncWorker() as worker:
        worker.load(model, threads=1, context=tiny_gguf.CONTEXT)
        key = worker.prepare(HOME, FUNCTIONS, style=HOME_STYLE)
        expected = worker.decode(key, "turn on the light", search=SEARCH, seconds=30)
        worker.load(model, context=tiny_gguf.CONTEXT)
        key = worker.prepare(HOME, FUNCTIONS, style=HOME_STYLE, durable=True)
        found = worker.decode(key, "turn on the light", search=SEARCH, seconds=30)
    assert [a.calls for a in found.answers] == [a.calls for a in expected.answers]
    assert found.confidence == pytest.approx(expected.confidence, abs=0.01)


def test_the_pipe_keeps_homes_functions_and_outcomes() -> None:
    assert protocol.home_from_dict(_through_pipe(protocol.home_to_dict(HOME))) == HOME
    tool = Function(
        "Tool",
        "A tool",
        (
            Parameter("x", "ARRAY", items=Parameter("y", "STRING", values=("a",))),
            Parameter("z", "OBJECT", properties=(Parameter("n", "INTEGER", minimum=-3),)),
        ),
        intent=("HassNothing", "default"),
    )
    renamed = dataclasses.replace(catalogue.BY_NAME["light.turn_on"], description="Another")
    for function in (tool, renamed, *catalogue.FUNCTIONS):
        sent = _through_pipe({"f": protocol.function_to_dict(function)})["f"]
        assert protocol.function_from_dict(sent) == function
    decoded = Decoded(
        (Answer((FunctionCall("x.y", {"a": ["b", 1, 1.5, True, None]}),), -0.1),), 0.9, 1.0, 0.1, 7,
        work=Work((Step("prefill", 9, 100, 1.5), Step("decode", 2, 102, 0.5)), 12),
    )  # fmt: skip
    sent = _through_pipe(protocol.decoded_to_dict(decoded))
    assert protocol.decoded_from_dict(sent) == decoded


@pytest.mark.parametrize(
    "error",
    [
        errors.PromptTooLongError("Too long", tokens=9, limit=5),
        errors.FormatError(3, "Bad", found="x"),
        errors.WorkerTimeoutError(),
    ],
)
def test_the_pipe_keeps_errors(error: errors.CoreError) -> None:
    back = protocol.error_from_dict(_through_pipe(protocol.error_to_dict(error)))
    assert type(back) is type(error)
    assert str(back) == str(error)
    assert back.placeholders == error.placeholders


def test_a_fault_of_ours_arrives_as_an_error() -> None:
    back = protocol.error_from_dict(protocol.error_to_dict(KeyError("x")))
    assert isinstance(back, errors.WorkerError)
    assert "KeyError" in str(back)


def _through_pipe(message: protocol.Json) -> protocol.Json:
    back = protocol.read_frame(io.BytesIO(protocol.pack(message)))
    assert back is not None
    return back


def test_a_torn_or_absurd_frame_is_the_end() -> None:
    frame = protocol.pack({"id": 1})
    assert protocol.read_frame(io.BytesIO(b"")) is None
    assert protocol.read_frame(io.BytesIO(frame[:3])) is None
    assert protocol.read_frame(io.BytesIO(frame[:-1])) is None
    with pytest.raises(ValueError, match="frame"):
        protocol.read_frame(io.BytesIO(b"\xff\xff\xff\xff{}"))


@pytest.mark.parametrize(
    ("code", "said", "kind", "text"),
    [
        (1, ["Traceback", "MemoryError"], errors.WorkerOutOfMemoryError, "MemoryError"),
        (-6, ["terminate called", "std::bad_alloc"], errors.WorkerOutOfMemoryError, "SIGABRT"),
        (-9, [], errors.WorkerOutOfMemoryError, "SIGKILL"),
        (-7, [], errors.WorkerCrashedError, "cut short"),
        (3, ["ggml.c: GGML_ASSERT(x) failed", ""], errors.WorkerCrashedError, "GGML_ASSERT"),
        (-250, [], errors.WorkerCrashedError, "signal 250"),
    ],
)
def test_the_cause_of_death_is_told(
    code: int, said: list[str], kind: type[errors.WorkerError], text: str
) -> None:
    cause = cause_of_death(code, said)
    assert type(cause) is kind
    assert text in str(cause)


def test_a_worker_that_cannot_start_says_why(
    model: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "numpy.py").write_text("raise ImportError('no numpy on this machine')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    async def run(work: Callable[[WorkerClient], Awaitable[object]]) -> None:
        client = WorkerClient()
        try:
            await work(client)
        finally:
            await client.stop()

    with pytest.raises(errors.WorkerCrashedError, match="no numpy on this machine"):
        asyncio.run(run(lambda client: client.load(model)))


def test_a_long_complaint_does_not_block_the_worker(
    model: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # Longer than the buffer it is read through, and than the pipe.
    (tmp_path / "numpy.py").write_text(
        "import sys\nsys.stderr.write('x' * (1 << 20) + '\\n')\nraise ImportError('at last')"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with SyncWorker() as worker, pytest.raises(errors.WorkerCrashedError, match="at last"):
        worker.load(model)


def test_a_machine_without_room_for_a_process_says_so(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(number: int) -> None:
        async def spawn(*_: object, **__: object) -> None:
            raise OSError(number, os.strerror(number))

        monkeypatch.setattr(asyncio, "create_subprocess_exec", spawn)

    with SyncWorker() as worker:
        refuse(errno.ENOMEM)
        with pytest.raises(errors.WorkerOutOfMemoryError):
            worker.load(model)
        refuse(errno.EAGAIN)
        with pytest.raises(errors.WorkerError, match="unavailable"):
            worker.load(model)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("raise OSError('libllama.so: wrong ELF class')", "wrong ELF"),
        # What half an upgrade leaves: declarations of another version, or half a file.
        ("import ctypes\nctypes.CDLL(None).llama_of_tomorrow", "undefined symbol"),
        ("def llama_backend_init(", "was never closed"),
    ],
)
def test_a_runtime_of_no_use_has_its_own_error_and_the_next_one_installed_is_used(
    model: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, source: str, words: str
) -> None:
    package = tmp_path / "llama_cpp"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "llama_cpp.py").write_text(source)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    with SyncWorker() as worker:
        with pytest.raises(errors.RuntimeMissingError, match=words):
            worker.load(model)
        # Installed elsewhere, which only a new process hears of.
        monkeypatch.delenv("PYTHONPATH")
        assert worker.load(model).bytes > 0


def test_a_device_renamed_can_be_called_at_once_and_its_old_name_cannot(model: Path) -> None:
    """Nothing is evaluated for it: the lines that are new are read with the sentence."""
    renamed = dataclasses.replace(HOME.entities[0], name="Chandelier")
    now = dataclasses.replace(HOME, entities=(renamed, *HOME.entities[1:]))
    with SyncWorker() as worker:
        worker.load(model, threads=1, context=tiny_gguf.CONTEXT)
        key = worker.prepare(HOME, FUNCTIONS, style=HOME_STYLE)
        at_first = worker.decode(key, "turn on the light", search=SEARCH, seconds=30)
        other = worker.prepare(now, FUNCTIONS, style=HOME_STYLE, before=HOME)
        assert other != key
        found = worker.decode(other, "turn on the light", search=SEARCH, seconds=30)
        assert worker.decode(key, "turn on the light", search=SEARCH, seconds=30).best is not None
    assert all(step.stage != "prepare" for step in found.work.steps)
    assert found.prompt_tokens == at_first.prompt_tokens
    assert found.turn_tokens is not None and at_first.turn_tokens is not None
    assert found.turn_tokens > at_first.turn_tokens
    names = {call.arguments.get("name") for answer in found.answers for call in answer.calls}
    assert "Ceiling" not in names


def test_a_worker_that_died_knows_a_renamed_device_again(model: Path) -> None:
    async def run() -> None:
        async with loaded(model) as (client, _):
            now = dataclasses.replace(HOME, entities=HOME.entities[1:])
            key = await client.prepare(now, FUNCTIONS, style=HOME_STYLE, before=HOME)
            assert await answers(client, key)
            os.kill(facts(client).pid, signal.SIGKILL)
            await asyncio.sleep(0.3)
            assert await answers(client, key)

    asyncio.run(run())


def test_the_process_imports_nothing_that_only_its_parent_needs() -> None:
    script = (
        "import sys, custom_components.functiongemma.core.worker.child;"
        "print({'asyncio', 'statistics', 'ssl', 'subprocess'} & sys.modules.keys())"
    )
    result = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "set()"
