"""Somebody at the browser: what they click, type and read. No step knows how long another takes."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

TEXTS: Final = Path(__file__).parents[2] / "custom_components/functiongemma/translations"

DASHBOARD: Final = "/config/integrations/dashboard"
INTEGRATION: Final = "/config/integrations/integration/functiongemma"

#: How often a sentence is said. On a machine that is busy, the model may not answer in time.
_PATIENT: Final = 4

#: Everything there is to read, also inside the frontend's components.
_ALL_TEXT: Final = """() => {
    const found = [];
    const read = (node) => {
        if (node.nodeType === Node.TEXT_NODE) found.push(node.textContent);
        if (["SCRIPT", "STYLE"].includes(node.nodeName)) return;
        if (node.shadowRoot) read(node.shadowRoot);
        node.childNodes.forEach(read);
    };
    read(document.body);
    return found.join(" ");
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
    clicks: int = 0

    def click(self, what: Locator) -> None:
        """One click, counted, once it is possible; Playwright knows that of native buttons only."""
        while what.evaluate("element => Boolean(element.disabled)"):
            self.page.wait_for_timeout(100)
        what.click()
        self.clicks += 1

    def open(self, path: str) -> None:
        """Go somewhere by its address."""
        self.page.goto(f"{self.url}{path}", wait_until="domcontentloaded")

    # -- what our integration says ---------------------------------------------------------------

    def text(self, *keys: str) -> str:
        """A text of the integration in the visitor's language."""
        found: Any = json.loads((TEXTS / f"{self.language}.json").read_text("utf-8"))
        for key in keys:
            found = found[key]
        return str(found)

    def untranslated(self) -> set[str]:
        """Keys on the page where texts should be."""
        shown = self.page.evaluate(_ALL_TEXT)
        return set(re.findall(r"\b(?:component|ui|state)\.[a-z_]+\.[a-z_.]+", shown))

    def state(self, entity_id: str) -> str:
        """The state machine's, asked of Home Assistant itself."""
        return str(self.page.evaluate(_CALL, ["GET", f"states/{entity_id}"])["state"])

    def wait_for_state(self, entity_id: str, state: str) -> None:
        """Until the frontend knows of it."""
        self.page.wait_for_function(
            "([id, state]) => document.querySelector('home-assistant').hass.states[id]?.state"
            " === state",
            arg=[entity_id, state],
        )

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

    @property
    def add_button(self) -> Locator:
        """On the page of all integrations."""
        buttons = self.page.locator("ha-config-integrations-dashboard ha-button")
        return buttons.filter(has_text=re.compile("int[eé]gration", re.IGNORECASE)).last

    def search_integration(self, name: str) -> Locator:
        """In the dialog behind that button; returns the line with the integration."""
        dialog = self.page.locator("dialog-add-integration")
        dialog.locator("input").fill(name.lower())
        return dialog.locator("ha-integration-list-item").filter(has_text=name)

    def add_another(self, name: str) -> None:
        """From anywhere to the first step of its config flow."""
        self.open(DASHBOARD)
        self.click(self.add_button)
        self.click(self.search_integration(name))
        self.flow.locator("step-flow-menu ha-list-item").first.wait_for()

    def open_options(self) -> None:
        """The gear beside the agent, which is a row of its own under its model's."""
        self.click(self.page.locator("ha-config-sub-entry-row ha-icon-button[slot=end]").first)
        self.flow.locator("step-flow-form").wait_for()

    # -- Assist ----------------------------------------------------------------------------------

    def open_assist(self) -> None:
        """With the key for it."""
        self.page.keyboard.press("a")
        self._request.wait_for()

    @property
    def _request(self) -> Locator:
        return self.page.locator("ha-voice-command-dialog ha-assist-chat input")

    def say(self, sentence: str) -> str:
        """Type it; returns the reply."""
        chat = self.page.locator("ha-assist-chat")
        replies = chat.locator(".message.hass > ha-markdown ha-markdown-element").filter(
            has_text=re.compile(r"\w")
        )
        before = replies.count()
        self._request.fill(sentence)
        self._request.press("Enter")
        replies.nth(before).wait_for()
        return replies.nth(before).inner_text().strip()

    def ask(self, sentence: str, entity_id: str, state: str) -> str:
        """Say it until the entity is in that state, as one does when told that it took too long."""
        for _ in range(_PATIENT):
            reply = self.say(sentence)
            if self.state(entity_id) == state:
                break
        return reply


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
