"""From an empty Home Assistant to a light that is on, and what else there is to see."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from .camera import Camera
from .visitor import DASHBOARD, INTEGRATION, Progress, Visitor

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NAME: Final = "FunctionGemma"

#: Home Assistant's own matcher does not understand this one: a light that is on is our doing.
SENTENCE: Final = "It's too dark in the kitchen"
LIGHTS: Final = ("light.kitchen_ceiling", "light.counter")
FRENCH_SENTENCE: Final = "Éteins la lampe du salon"
FRENCH_LIGHT: Final = "light.living_room_lamp"

REPOSITORY: Final = "nobody/no-such-model"


@dataclass
class Tour:
    """What was seen."""

    clicks: int = 0
    """From *Add integration* to the first sentence."""
    seconds: float = 0.0
    """Likewise; `made` of them are spent on making the model."""
    made: float = 0.0
    title: str = ""
    progress: Progress = field(default_factory=Progress)
    brand: int = 0
    """Width of our icon in the list of integrations, in pixels of the file; 0: it is not shown."""
    finished: str = ""
    """What the dialog says at the end."""
    before: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)
    """States of the lights before and after the sentence."""
    reply: str = ""
    on_screen: int = 0
    """Tiles on the dashboard that say "On" or a brightness."""
    agent: str = ""
    """State of the agent's entity: when it was last asked."""
    options: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    french: dict[str, str] = field(default_factory=dict)
    untranslated: set[str] = field(default_factory=set)


def take(browser_page: Visitor, camera: Camera) -> Tour:
    """All of it, in the order a person would go."""
    visitor, tour = browser_page, Tour()
    onboard(visitor)
    visitor.open(DASHBOARD)
    visitor.add_button.wait_for()
    tour.before = [visitor.state(light) for light in LIGHTS]
    visitor.clicks, began = 0, time.monotonic()
    visitor.click(visitor.add_button)
    _add(visitor, camera, tour)
    _choose_agent(visitor, camera)
    _say(visitor, camera, tour, began)
    _dashboard(visitor, camera, tour)
    _options(visitor, camera, tour)
    _errors(visitor, camera, tour)
    _french(visitor, camera, tour)
    return tour


def onboard(visitor: Visitor) -> None:
    """Make a user, and say next to everything."""
    page = visitor.page
    visitor.open("/")
    written = re.compile(r"\w")
    visitor.click(page.locator("onboarding-welcome ha-button").filter(has_text=written).first)
    for name, value in (
        ("name", "Robin"),
        ("username", "robin"),
        ("password", "a good long one"),
        ("password_confirm", "a good long one"),
    ):
        page.locator(f"onboarding-create-user input[name={name}]").fill(value)
    for step in (
        "onboarding-create-user",
        "onboarding-location",
        "onboarding-core-config",
        "onboarding-analytics",
        "onboarding-integrations",
    ):
        visitor.click(page.locator(f"{step} .footer ha-button").filter(visible=True).last)
    page.locator("ha-sidebar").wait_for()


def _add(visitor: Visitor, camera: Camera, tour: Tour) -> None:
    """Two clicks, and waiting."""
    page = visitor.page
    item = visitor.search_integration(NAME)
    icon = item.locator("img").first
    icon.wait_for()
    page.wait_for_function("image => image.complete", arg=icon.element_handle())
    tour.brand = icon.evaluate("image => image.naturalWidth")
    camera.take(page, "add", height=220)
    visitor.click(item)
    home = visitor.menu_option("user", "home")
    home.wait_for()
    tour.title = visitor.flow_title()
    camera.take(page, "model")
    visitor.click(home)
    began = time.monotonic()
    pictured = False
    while tour.progress.watch(visitor):
        if not pictured and tour.progress.now == (
            visitor.text("config", "progress", "merge"),
            True,
        ):
            camera.take(page, "progress", still=False)
            pictured = True
        page.wait_for_timeout(200)
    tour.made = time.monotonic() - began
    finished = visitor.flow.locator("step-flow-create-entry")
    finished.wait_for()
    tour.finished = finished.locator("ha-markdown-element").inner_text().strip()
    tour.untranslated |= visitor.untranslated()
    camera.take(page, "ready")
    visitor.click(finished.locator("ha-markdown-element a").first)


def _choose_agent(visitor: Visitor, camera: Camera) -> None:
    """On the page of the voice assistants."""
    page = visitor.page
    visitor.click(page.locator("assist-pref ha-list-item-button").first)
    picker = page.locator("assist-pipeline-detail-conversation ha-conversation-agent-picker")
    visitor.click(picker.locator("ha-select"))
    visitor.click(picker.locator("ha-dropdown-item").filter(has_text=NAME))
    dialog = page.locator("dialog-voice-assistant-pipeline-detail")
    update = dialog.locator("ha-dialog-footer ha-button").last
    camera.take(page, "assistant")
    visitor.click(update)
    picker.wait_for(state="detached")


def _say(visitor: Visitor, camera: Camera, tour: Tour, began: float) -> None:
    """The first sentence."""
    visitor.open_assist()
    tour.reply = visitor.ask(SENTENCE, LIGHTS[0], "on")
    for light in LIGHTS:
        visitor.wait_for_state(light, "on")
    tour.clicks, tour.seconds = visitor.clicks, time.monotonic() - began
    tour.after = [visitor.state(light) for light in LIGHTS]
    tour.agent = visitor.state("conversation.functiongemma")
    tour.untranslated |= visitor.untranslated()
    camera.take(visitor.page, "assist")


def _dashboard(visitor: Visitor, camera: Camera, tour: Tour) -> None:
    """The kitchen on Home Assistant's own dashboard."""
    visitor.open("/home/areas-kitchen")
    tiles = visitor.page.locator("hui-tile-card")
    lit = tiles.filter(has_text="light").filter(has_text=re.compile(r"\bOn\b|\d+%"))
    lit.nth(len(LIGHTS) - 1).wait_for()
    tour.on_screen = lit.count()
    camera.take(visitor.page, "dashboard", height=480)


def _options(visitor: Visitor, camera: Camera, tour: Tour) -> None:
    visitor.open(INTEGRATION)
    visitor.open_options()
    tour.options = visitor.flow_title()
    tour.untranslated |= visitor.untranslated()
    camera.take(visitor.page, "options")
    visitor.close_flow()


def _errors(visitor: Visitor, camera: Camera, tour: Tour) -> None:
    """A repository that is not there, and a file that is no model."""
    for option, typed, error in (
        ("hub", REPOSITORY, "repository_not_found"),
        ("local", "home-assistant.log", "not_gguf"),
    ):
        visitor.add_another(NAME)
        visitor.click(visitor.menu_option("user", option))
        visitor.flow.locator("step-flow-form input").first.fill(typed)
        visitor.submit()
        tour.errors[error] = visitor.error()
        tour.untranslated |= visitor.untranslated()
        if option == "local":
            # The other one shows the address of the test's own hub.
            camera.take(visitor.page, "error")
        visitor.close_flow()


def _french(visitor: Visitor, camera: Camera, tour: Tour) -> None:
    """The same for somebody who reads French, whose assistant speaks it too."""
    visitor.send({"type": "frontend/set_user_data", "key": "language", "value": {"language": "fr"}})
    known = visitor.send({"type": "assist_pipeline/pipeline/list"})
    pipeline = known["pipelines"][0]
    command = {"type": "assist_pipeline/pipeline/update", "pipeline_id": pipeline.pop("id")}
    visitor.send({**command, **pipeline, "language": "fr", "name": "Maison"})
    visitor.language = "fr"
    visitor.open(INTEGRATION)
    visitor.open_options()
    tour.french["options"] = visitor.flow_title()
    tour.untranslated |= visitor.untranslated()
    camera.take(visitor.page, "options-fr")
    visitor.close_flow()
    visitor.add_another(NAME)
    tour.french["title"] = visitor.flow_title()
    camera.take(visitor.page, "model-fr")
    visitor.click(visitor.menu_option("user", "local"))
    visitor.flow.locator("step-flow-form input").first.fill("home-assistant.log")
    visitor.submit()
    tour.french["error"] = visitor.error()
    visitor.close_flow()
    visitor.open_assist()
    tour.french["reply"] = visitor.ask(FRENCH_SENTENCE, FRENCH_LIGHT, "off")
    tour.french["light"] = visitor.state(FRENCH_LIGHT)
    camera.take(visitor.page, "assist-fr")
    tour.untranslated |= visitor.untranslated()


def run(browser: Browser, url: str, camera: Camera) -> Tour:
    """With a page of its own."""
    from .chromium import new_page

    return take(Visitor(new_page(browser), url), camera)
