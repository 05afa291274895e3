"""What is remembered of sentences is little, and never what was said."""

from __future__ import annotations

from dataclasses import replace

from custom_components.functiongemma.records import Record, Records

RECORD = Record("en", "act", ("light.turn_on",), 0.9, 1, {"total": 1.0}, 900, 8, None, False)


def test_only_the_latest_sentences_are_remembered() -> None:
    records = Records()
    for number in range(50):
        records.async_add(replace(RECORD, candidates=number))
    assert [record.candidates for record in records] == list(range(30, 50))


def test_dry_run_is_not_the_latest_sentence() -> None:
    records = Records()
    assert records.latest is None
    records.async_add(RECORD)
    records.async_add(replace(RECORD, dry_run=True))
    assert records.latest is RECORD


def test_nobody_is_told_after_having_stopped_to_listen() -> None:
    records = Records()
    told: list[Record] = []
    stop = records.async_listen(told.append)
    records.async_add(RECORD)
    stop()
    records.async_add(RECORD)
    assert told == [RECORD]


def test_what_was_said_to_one_agent_is_not_the_latest_of_another() -> None:
    records = Records()
    first, second = replace(RECORD, agent="first"), replace(RECORD, agent="second")
    records.async_add(first)
    records.async_add(second)
    assert records.latest_of("first") is first
    assert records.latest_of("third") is None
    assert records.latest is second
