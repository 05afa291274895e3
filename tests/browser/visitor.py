"""Somebody at the browser: what they click, type and read. No step knows how long another takes."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from .chromium import ALL_TEXT

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

TEXTS: Final = Path(__file__).parents[2] / "custom_components/functiongemma/translations"

DASHBOARD: Final = "/config/integrations/dashboard"
INTEGRATION: Final = "/config/integrations/integration/functiongemma"

ASSISTANTS: Final = "/config/voice-assistants/assistants"

#: Milliseconds after which the frontend, which closed a dialogue, has gone back in the history. It
#: would do so from the next page, too, where somebody has gone there meanwhile.
_STEP_BACK: Final = 1_000
#: How often to go somewhere until it has not gone back, which a busy machine does late.
_ATTEMPTS: Final = 5

#: Milliseconds from a reply to what the frontend shows of it.
_SHOWN: Final = 15_000

#: Whether typing goes into a field within this element.
_TYPES_INTO: Final = """name => {
    let focused = document.activeElement, within = false;
    while (focused) {
        within ||= focused.localName === name;
        if (within && focused.localName === "input") return true;
        focused = focused.shadowRoot?.activeElement;
    }
    return false;
}"""

_CALL: Final = (
    "([method, path]) => document.querySelector('home-assistant').hass.callApi(method, path)"
)
_SEND: Final = "message => document.querySelector('home-assistant').hass.callWS(message)"


@dataclass
class Visitor:
    """A page and the one who looks at it."""

    page: Page
    url: str
    language: str = "en"
    clicked: list[str] = field(default_factory=list)
    """The first line of everything that was clicked."""

    def click(self, what: Locator) -> None:
        """One click, counted, once it is possible; Playwright knows that of native buttons only."""
        while what.evaluate("element => Boolean(element.disabled)"):
            self.page.wait_for_timeout(100)
        lines = what.inner_text().strip().splitlines()
        what.click()
        self.clicked.append(lines[0] if lines else "")

    def type(self, text: str, within: str) -> None:
        """On the keyboard, which goes into the element `within` without another click."""
        self.page.wait_for_function(_TYPES_INTO, arg=within)
        self.page.keyboard.type(text)

    def open(self, path: str) -> None:
        """Go somewhere by its address."""
        before = self.page.url
        self.page.wait_for_timeout(_STEP_BACK)
        for _ in range(_ATTEMPTS):
            self.page.goto(f"{self.url}{path}", wait_until="domcontentloaded")
            self.page.wait_for_timeout(_STEP_BACK)
            if self.page.url != before or before.endswith(path):
                break

    # -- what our integration says ---------------------------------------------------------------

    def text(self, *keys: str) -> str:
        """A text of the integration in the visitor's language."""
        return str(self._texts(*keys))

    def labels(self, *keys: str) -> Collection[str]:
        """All texts of one part, such as a form's fields."""
        return list(map(str, self._texts(*keys).values()))

    def _texts(self, *keys: str) -> Any:
        found: Any = json.loads((TEXTS / f"{self.language}.json").read_text("utf-8"))
        for key in keys:
            found = found[key]
        return found

    def words(self, what: Locator) -> str:
        """All there is to read in an element."""
        return " ".join(what.evaluate(ALL_TEXT).split())

    def words_with(self, what: Locator, texts: Collection[str]) -> str:
        """The same, once all of `texts` are among it: the frontend loads parts of a form late.

        What there is after half a minute, when they are not.
        """
        for _ in range(60):
            if all(text in self.words(what) for text in texts):
                break
            self.page.wait_for_timeout(500)
        return self.words(what)

    def untranslated(self) -> set[str]:
        """Keys on the page where texts should be."""
        shown = self.words(self.page.locator("body"))
        return set(re.findall(r"\b(?:component|ui|state)\.[a-z_]+\.[a-z_.]+", shown))

    def state(self, entity_id: str) -> str:
        """The state machine's, asked of Home Assistant itself."""
        return str(self.page.evaluate(_CALL, ["GET", f"states/{entity_id}"])["state"])

    def became(self, entity_id: str, state: str) -> bool:
        """Whether the frontend shows that state, at once or soon."""
        from playwright.sync_api import TimeoutError as TookTooLongError

        try:
            self.page.wait_for_function(
                "([id, state]) => document.querySelector('home-assistant').hass.states[id]?.state"
                " === state",
                arg=[entity_id, state],
                timeout=_SHOWN,
            )
        except TookTooLongError:
            return False
        return True

    def send(self, message: dict[str, Any]) -> Any:
        """A command of the WebSocket API, in the visitor's name."""
        return self.page.evaluate(_SEND, message)

    # -- dialogs of configuration ----------------------------------------------------------------

    @property
    def flow(self) -> Locator:
        """The dialog of a config flow."""
        return self.page.locator("dialog-data-entry-flow")

    def menu_option(self, step: str, option: str) -> Locator:
        """A line of a menu."""
        text = self.text("config", "step", step, "menu_options", option)
        return self.flow.locator("step-flow-menu ha-list-item").filter(has_text=text)

    def flow_title(self) -> str:
        """What stands above."""
        return self.flow.locator(".dialog-title").inner_text().strip()

    def submit(self) -> None:
        """The one button below."""
        self.click(self.flow.locator("ha-dialog-footer ha-button").last)

    def error(self) -> str:
        """What is wrong, in the words on the screen."""
        alert = self.flow.locator("step-flow-form ha-alert").first
        alert.wait_for()
        return alert.inner_text().strip()

    def close_flow(self) -> None:
        """The cross."""
        self.click(self.flow.locator("[data-dialog=close]").first)
        self.flow.locator("ha-dialog").wait_for(state="hidden")
        self.page.wait_for_timeout(_STEP_BACK)

    @property
    def add_button(self) -> Locator:
        """On the page of all integrations."""
        buttons = self.page.locator("ha-config-integrations-dashboard ha-button")
        return buttons.filter(has_text=re.compile("int[eé]gration", re.IGNORECASE)).last

    def found_integration(self, name: str) -> Locator:
        """Its line in the dialogue behind that button."""
        lines = self.page.locator("dialog-add-integration ha-integration-list-item")
        return lines.filter(has_text=name)

    def add_another(self, name: str) -> None:
        """From anywhere to the first step of its config flow."""
        self.open(DASHBOARD)
        self.click(self.add_button)
        self.type(name.lower(), "dialog-add-integration")
        self.click(self.found_integration(name))
        self.flow.locator("step-flow-menu ha-list-item").first.wait_for()

    def follow_link(self, name: str) -> None:
        """Likewise, by the address that the link in README.md leads to in one's own home."""
        self.open(f"/_my_redirect/config_flow_start?domain={name.lower()}")
        buttons = self.page.locator("dialog-box ha-button").filter(visible=True)
        self.click(buttons.last)
        self.flow.locator("step-flow-menu ha-list-item").first.wait_for()

    def open_options(self) -> None:
        """The gear beside the agent, which is a row of its own under its model's."""
        self.click(self.page.locator("ha-config-sub-entry-row ha-icon-button[slot=end]").first)
        self.flow.locator("step-flow-form").wait_for()

    # -- Assist ----------------------------------------------------------------------------------

    @property
    def chat(self) -> Locator:
        """What was said to Assist, and what it answered."""
        return self.page.locator("ha-assist-chat")

    def say(self, sentence: str) -> str:
        """Type it into the open dialogue of Assist; returns the reply."""
        replies = self.chat.locator(".message.hass > ha-markdown ha-markdown-element").filter(
            has_text=re.compile(r"\w")
        )
        # It speaks first.
        self.chat.locator(".message").filter(has_text=re.compile(r"\w")).first.wait_for()
        before = replies.count()
        self.type(sentence, "ha-assist-chat")
        self.page.keyboard.press("Enter")
        replies.nth(before).wait_for()
        return replies.nth(before).inner_text().strip()


@dataclass
class Progress:
    """What the dialog shows while the model is made."""

    texts: list[str] = field(default_factory=list)
    shares: list[int] = field(default_factory=list)
    now: tuple[str, bool] = ("", False)
    """The text on the screen, and whether a share in per cent is above it."""

    def watch(self, visitor: Visitor) -> bool:
        """Note what there is to see; False when that is over."""
        flow = visitor.flow
        if flow.locator("step-flow-create-entry, step-flow-form").count():
            return False
        told = flow.locator("step-flow-progress ha-markdown-element").all_inner_texts()
        rings = flow.locator("step-flow-progress ha-progress-ring").all_inner_texts()
        for text in told:
            if text.strip() and text.strip() not in self.texts:
                self.texts.append(text.strip())
        self.now = ("".join(told).strip(), bool(rings))
        self.shares += [int(match[0]) for ring in rings if (match := re.search(r"\d+", ring))]
        return True
