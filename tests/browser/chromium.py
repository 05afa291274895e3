"""The browser: the system's Chromium, driven by Playwright."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

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
    return context.new_page()
