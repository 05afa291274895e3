"""Speech for the demo: real audio in and out of a real Home Assistant, over Wyoming.

Two servers run as processes of their own on loopback, from the environment `.venv-voice`: Whisper,
the very server of Home Assistant's Whisper app, and eSpeak NG behind a server of ours. Home
Assistant is told of them through its own Wyoming dialogue.
"""
