"""Whoever meets a message finds it in the guide, and every link in the guide leads somewhere."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from custom_components import functiongemma

FOLDER = Path(functiongemma.__file__).parent
ROOT = FOLDER.parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
ENGLISH: dict[str, Any] = json.loads((FOLDER / "translations" / "en.json").read_text("utf-8"))
REPLIES: dict[str, str] = json.loads((FOLDER / "replies" / "en.json").read_text("utf-8"))


def first_words(text: str) -> str:
    """The first sentence of a message as the guide quotes it: `…` for what varies."""
    return re.split(r"[.?:](?:\s|$)", re.sub(r"{\w+}", "…", text))[0]


def messages() -> Iterator[str]:
    """Every error of a form, an entry or an action, and every finding of a repair."""
    yield from ENGLISH["config"]["error"].values()
    yield from ENGLISH["config"]["abort"].values()
    yield from (error["message"] for error in ENGLISH["exceptions"].values())
    for kind in ENGLISH["config_subentries"].values():
        yield from kind["error"].values()
    for issue in ENGLISH["issues"].values():
        yield issue["title"].replace(": ", ", ")
        yield from issue["fix_flow"]["error"].values()
        yield from (step["title"] for step in issue["fix_flow"]["step"].values())


def refusals() -> Iterator[str]:
    """The agent's replies when it does nothing, of which the cause is not plain by themselves."""
    plain = ("no_temperature", "out_of_range", "not_in_range", "no_item", "no_media", "no_timer")
    plain += ("no_duration", "no_forecast", "not_measured")
    for key, text in REPLIES.items():
        if text.startswith("Sorry") and key not in plain:
            yield text
    for key in ("failed", "partly", "unread", "wrong_pin", "too_many_pins", "nothing_to_undo"):
        yield REPLIES[key]
    for key in ("confirm_unlock", "confirm_open", "confirm_disarm", "confirm_unsure"):
        yield REPLIES[key]


def guide() -> str:
    text = (ROOT / "docs" / "troubleshooting.md").read_text("utf-8")
    return re.sub(r"\s+", " ", text).replace(": ", ", ")


@pytest.mark.parametrize("message", sorted({*messages(), *refusals()}))
def test_message_is_in_the_guide(message: str) -> None:
    assert first_words(message) in guide()


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    found = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in found)
    return {heading.strip().replace(" ", "-") for heading in plain}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        if anchor and target.suffix == ".md":
            assert anchor in anchors(target), link
