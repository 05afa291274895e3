"""What else there is to see once the agent is there: the dashboard, options, errors, a choice."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from .camera import Camera
from .installing import ENGLISH, FRENCH, NAME, Installation, Newcomer, install
from .visitor import ASSISTANTS, INTEGRATION, Visitor

if TYPE_CHECKING:
    from playwright.sync_api import Browser

REPOSITORY: Final = "nobody/no-such-model"
#: What Home Assistant's own agent is called, in any language.
_STOCK: Final = "Home Assistant"


@dataclass
class Tour:
    """What was seen in one language."""

    installation: Installation
    on_screen: int = 0
    """Tiles on the dashboard that say "On" or a brightness."""
    options: str = ""
    """All that the options say."""
    errors: dict[str, str] = field(default_factory=dict)
    engines: list[str] = field(default_factory=list)
    """The assistant's agents: after another one was chosen by hand, and after ours was."""
    untranslated: set[str] = field(default_factory=set)


def english(browser: Browser, url: str, camera: Camera) -> Tour:
    """All there is, in an empty Home Assistant at `url`."""
    visitor = _visitor(browser, url, ENGLISH)
    tour = Tour(install(visitor, camera, ENGLISH))
    _dashboard(visitor, camera, tour)
    _options(visitor, camera, tour)
    _errors(visitor, camera, tour)
    _choose_by_hand(visitor, camera, tour)
    return _finished(tour)


def french(browser: Browser, url: str, camera: Camera) -> Tour:
    """The same way by somebody whose browser is French, in another empty Home Assistant."""
    visitor = _visitor(browser, url, FRENCH)
    tour = Tour(install(visitor, camera, FRENCH))
    _options(visitor, camera, tour)
    visitor.add_another(NAME)
    _error(visitor, tour, "local", "home-assistant.log", "not_gguf")
    visitor.close_flow()
    _choose_by_hand(visitor, camera, tour)
    return _finished(tour)


def _visitor(browser: Browser, url: str, newcomer: Newcomer) -> Visitor:
    from .chromium import new_page

    return Visitor(new_page(browser, newcomer.locale, newcomer.timezone), url, newcomer.language)


def _finished(tour: Tour) -> Tour:
    tour.untranslated |= tour.installation.untranslated
    return tour


def _dashboard(visitor: Visitor, camera: Camera, tour: Tour) -> None:
    """The kitchen on Home Assistant's own dashboard."""
    visitor.open("/home/areas-kitchen")
    tiles = visitor.page.locator("hui-tile-card")
    lit = tiles.filter(has_text="light").filter(has_text=re.compile(r"\bOn\b|\d+%"))
    lit.nth(len(ENGLISH.lights) - 1).wait_for()
    tour.on_screen = lit.count()
    camera.take(visitor.page, "dashboard", height=480)


def _options(visitor: Visitor, camera: Camera, tour: Tour) -> None:
    visitor.open(INTEGRATION)
    visitor.open_options()
    labels = visitor.labels("config_subentries", "conversation", "step", "agent", "data")
    tour.options = visitor.words_with(visitor.flow.locator("step-flow-form"), labels)
    tour.untranslated |= visitor.untranslated()
    camera.take(visitor.page, "options", tall=True)
    visitor.close_flow()


def _errors(visitor: Visitor, camera: Camera, tour: Tour) -> None:
    """A repository that is not there, and a file that is no model."""
    visitor.add_another(NAME)
    _error(visitor, tour, "hub", REPOSITORY, "repository_not_found")
    visitor.close_flow()
    visitor.follow_link(NAME)
    _error(visitor, tour, "local", "home-assistant.log", "not_gguf")
    # The other one shows the address of the test's own hub.
    camera.take(visitor.page, "error")
    visitor.close_flow()


def _error(visitor: Visitor, tour: Tour, option: str, typed: str, error: str) -> None:
    """In a config flow that has begun."""
    visitor.click(visitor.menu_option("user", option))
    visitor.flow.locator("step-flow-form input").first.fill(typed)
    visitor.submit()
    tour.errors[error] = visitor.error()
    tour.untranslated |= visitor.untranslated()


def _choose_by_hand(visitor: Visitor, camera: Camera, tour: Tour) -> None:
    """On the page of the voice assistants: another agent, and ours again."""
    visitor.open(ASSISTANTS)
    for name in (_STOCK, NAME):
        _choose(visitor, camera, name)
        found = visitor.send({"type": "assist_pipeline/pipeline/list"})
        tour.engines.append(found["pipelines"][0]["conversation_engine"])


def _choose(visitor: Visitor, camera: Camera, name: str) -> None:
    page = visitor.page
    visitor.click(page.locator("assist-pref ha-list-item-button").first)
    dialog = page.locator("dialog-voice-assistant-pipeline-detail")
    picker = dialog.locator("assist-pipeline-detail-conversation ha-conversation-agent-picker")
    visitor.click(picker.locator("ha-select"))
    visitor.click(picker.locator("ha-dropdown-item").filter(has_text=name).first)
    if name == NAME:
        below = dialog.locator("assist-pipeline-detail-stt")
        camera.take(page, "assistant", tall=True, above=below)
    visitor.click(dialog.locator("ha-dialog-footer ha-button").last)
    picker.wait_for(state="detached")
