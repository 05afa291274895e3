"""The browser: the system's Chromium, driven by Playwright."""

from __future__ import annotations

import os
import shutil
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

#: What went wrong in the last pages, newest last: requests that failed, errors of scripts.
_WRONG: Final[deque[str]] = deque(maxlen=20)

#: Characters of a page's text that are told when a step on it is not possible.
_TOLD: Final = 1500

_NAMES: Final = ("chromium", "chromium-browser", "google-chrome")

#: Milliseconds that a page may take for one step. Meant for machines that are busy.
PATIENCE: Final = 180_000

_SIZE: Final = {"width": 1280, "height": 800}

#: Spinners stand still: drawing one takes the processor that the model needs meanwhile.
_STILL: Final = """
const attach = Element.prototype.attachShadow;
Element.prototype.attachShadow = function (options) {
    const root = attach.call(this, options);
    if (this.localName.endsWith("-spinner")) {
        const sheet = new CSSStyleSheet();
        sheet.replaceSync("* { animation: none !important; }");
        queueMicrotask(() => (root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet]));
    }
    return root;
};
"""


def find_chromium() -> str | None:
    """Its path: `CHROMIUM` from the environment, or what the system has."""
    names = (os.environ.get("CHROMIUM", ""), *_NAMES)
    return next((path for name in names if name and (path := shutil.which(name))), None)


#: Everything there is to read in an element, also inside the frontend's components.
ALL_TEXT: Final = """(element) => {
    const found = [];
    const read = (node) => {
        if (node.nodeType === Node.TEXT_NODE) found.push(node.textContent);
        if (["SCRIPT", "STYLE"].includes(node.nodeName)) return;
        if (node.shadowRoot) read(node.shadowRoot);
        node.childNodes.forEach(read);
    };
    read(element);
    return found.join(" ");
}"""


@contextmanager
def browser(executable: str) -> Iterator[Browser]:
    """A browser that reaches nothing but this machine."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(
            executable_path=executable,
            # Root, in containers mostly, has no sandbox.
            chromium_sandbox=os.geteuid() != 0,
            args=[
                "--disable-gpu",
                "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
            ],
        )
        try:
            yield found
        finally:
            found.close()


def new_page(browser: Browser, locale: str, timezone: str) -> Page:
    """A page of somebody with a browser in that language; nothing moves on it."""
    context = browser.new_context(
        viewport=_SIZE,  # type: ignore[arg-type]
        locale=locale,
        timezone_id=timezone,
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE)
    context.add_init_script(_STILL)
    page = context.new_page()
    _WRONG.clear()
    page.on("requestfailed", lambda asked: _WRONG.append(f"{asked.url}: {asked.failure}"))
    page.on("pageerror", lambda error: _WRONG.append(str(error)))
    page.on("crash", lambda _: _WRONG.append("the page crashed"))
    return page


def evidence(browser: Browser) -> str:
    """What there is to see when a step is not possible: addresses, texts, what went wrong."""
    pages = [page for context in browser.contexts for page in context.pages]
    told = []
    for page in pages:
        try:
            text = " ".join(page.locator("body").evaluate(ALL_TEXT, timeout=5_000).split())
        except Exception as error:
            text = f"(nothing to read: {error})"
        told.append(f"{page.url}: {text[-_TOLD:]}")
    return "\n".join([*told, "went wrong:", *_WRONG])
