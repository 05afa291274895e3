"""The agent without Home Assistant: home, prompt, constraint, model and calls, as plain Python."""
