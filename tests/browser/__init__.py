"""Home Assistant's own frontend in a real browser, as somebody sees it who installs the agent.

Runs in `.venv-browser` (`scripts/setup --browser`), which has Playwright and no Home Assistant.
"""
