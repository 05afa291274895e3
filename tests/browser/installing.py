"""From the first page of an empty Home Assistant to the first sentence, as a newcomer goes it."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from typing import Final

from .camera import Camera
from .visitor import Progress, Visitor

NAME: Final = "FunctionGemma"
AGENT: Final = "conversation.functiongemma"

#: How often a sentence is said so that the rest of the way can be gone; the first must be enough.
_PATIENT: Final = 4

_LANGUAGES: Final = """() => {
    const { hass } = document.querySelector("home-assistant");
    return [hass.language, hass.config.language];
}"""


@dataclass(frozen=True)
class Newcomer:
    """Who goes that way. Home Assistant takes the language from the browser."""

    language: str
    locale: str
    timezone: str
    sentence: str
    """The first one. Whether it was our agent that was asked is looked at."""
    lights: tuple[str, ...]
    state: str
    """Of these lights afterwards."""


ENGLISH: Final = Newcomer(
    "en",
    "en-GB",
    "Europe/London",
    "It's too dark in the kitchen",
    ("light.kitchen_ceiling", "light.counter"),
    "on",
)
FRENCH: Final = Newcomer(
    "fr",
    "fr-FR",
    "Europe/Paris",
    "Éteins la lampe du salon",
    ("light.living_room_lamp",),
    "off",
)


@dataclass
class Installation:
    """What was seen on the way."""

    onboarding: list[str] = field(default_factory=list)
    """What was clicked until Home Assistant's first page was there."""
    clicks: list[str] = field(default_factory=list)
    """What was clicked from there to the first sentence."""
    seconds: float = 0.0
    """Likewise, to the reply; `made` of them are spent on making the model."""
    made: float = 0.0
    languages: list[str] = field(default_factory=list)
    """After onboarding: the one of the pages, Home Assistant's own."""
    title: str = ""
    progress: Progress = field(default_factory=Progress)
    brand: int = 0
    """Width of our icon in the list of integrations, in pixels of the file; 0: it is not shown."""
    offered: str = ""
    """What the step before the last one says of the assistant."""
    finished: str = ""
    """What the dialogue says at the end."""
    before: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)
    """States of the lights before and after the sentence."""
    replies: list[str] = field(default_factory=list)
    """One, where the first sentence did what it says."""
    agent: str = ""
    """State of the agent's entity: when it was last asked."""
    untranslated: set[str] = field(default_factory=set)


def install(visitor: Visitor, camera: Camera, newcomer: Newcomer) -> Installation:
    """All of it; pictures are named for the language, English ones without it."""
    seen = Installation()
    _onboard(visitor, seen)
    seen.before = [visitor.state(light) for light in newcomer.lights]
    visitor.clicked, began = [], time.monotonic()
    _find(visitor, camera, seen)
    _make(visitor, camera, seen)
    _use(visitor, camera, seen)
    _say(visitor, newcomer, seen)
    seen.clicks, seen.seconds = list(visitor.clicked), time.monotonic() - began
    seen.after = [visitor.state(light) for light in newcomer.lights]
    seen.agent = visitor.state(AGENT)
    seen.untranslated |= visitor.untranslated()
    camera.take(visitor.page, "assist", below=visitor.chat.locator(".message").first)
    return seen


def _onboard(visitor: Visitor, seen: Installation) -> None:
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
    page.locator("ha-sidebar #sidebar-config").wait_for()
    seen.onboarding = visitor.clicked
    seen.languages = page.evaluate(_LANGUAGES)


def _find(visitor: Visitor, camera: Camera, seen: Installation) -> None:
    """Four clicks: the settings, the integrations, one more, ours."""
    page = visitor.page
    visitor.click(page.locator("ha-sidebar #sidebar-config"))
    visitor.click(page.locator("ha-config-navigation a[href='/config/integrations']"))
    visitor.click(visitor.add_button)
    visitor.type(NAME.lower(), "dialog-add-integration")
    item = visitor.found_integration(NAME)
    icon = item.locator("img").first
    icon.wait_for()
    page.wait_for_function("image => image.complete", arg=icon.element_handle())
    seen.brand = icon.evaluate("image => image.naturalWidth")
    camera.take(page, "add", height=220)
    visitor.click(item)


def _make(visitor: Visitor, camera: Camera, seen: Installation) -> None:
    """One click, and waiting."""
    page = visitor.page
    home = visitor.menu_option("user", "home")
    home.wait_for()
    seen.title = visitor.flow_title()
    camera.take(page, "model")
    visitor.click(home)
    began = time.monotonic()
    pictured = False
    while seen.progress.watch(visitor):
        if not pictured and seen.progress.now == (
            visitor.text("config", "progress", "merge"),
            True,
        ):
            camera.take(page, "progress", still=False)
            pictured = True
        page.wait_for_timeout(200)
    seen.made = time.monotonic() - began


def _use(visitor: Visitor, camera: Camera, seen: Installation) -> None:
    """Three clicks: the assistant shall use it; the overview; its speech bubble."""
    page = visitor.page
    seen.offered = visitor.words(visitor.flow.locator("step-flow-form"))
    seen.untranslated |= visitor.untranslated()
    camera.take(page, "use")
    visitor.submit()
    finished = visitor.flow.locator("step-flow-create-entry")
    finished.wait_for()
    seen.finished = finished.locator("ha-markdown-element").inner_text().strip()
    seen.untranslated |= visitor.untranslated()
    camera.take(page, "ready")
    visitor.click(finished.locator("ha-markdown-element a").first)
    # Its label in any language, with the key for it.
    visitor.click(page.get_by_role("button", name=re.compile(r"^Assist\b")).first)


def _say(visitor: Visitor, newcomer: Newcomer, seen: Installation) -> None:
    """The first sentence; others only where that was in vain."""
    for _ in range(_PATIENT):
        seen.replies.append(visitor.say(newcomer.sentence))
        if all(visitor.became(light, newcomer.state) for light in newcomer.lights):
            break
