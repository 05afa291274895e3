"""How far an assembly is, and the wish to stop it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from ..errors import CoreError

# (start, share) of the whole, guessed for a Pi 4: 240 MB over a home line, a hash, the merge.
_SHARES: Final[dict[str, tuple[float, float]]] = {
    "download": (0.00, 0.70),
    "verify": (0.70, 0.05),
    "merge": (0.75, 0.24),
    "write": (0.99, 0.01),
}

_REPORT_EVERY: Final = 1 << 20


class AssembleCancelledError(CoreError):
    """Assembly stopped because the caller wanted it; the next one goes on with what was fetched."""

    code = "assemble_cancelled"
    default_message = "Assembling the home model was cancelled"


@dataclass(frozen=True)
class Progress:
    """One step of an assembly."""

    stage: str
    """`download`, `verify`, `merge` or `write`, in this order; a stage with nothing to do is left
    out.
    """
    done: int
    """Bytes of this stage dealt with, 0..total."""
    total: int
    """Bytes of this stage, more than 0."""

    @property
    def fraction(self) -> float:
        """Share of the whole assembly that is done, 0..1."""
        start, share = _SHARES[self.stage]
        return start + share * min(self.done / self.total, 1.0)


class Reporter:
    """Passes progress on, at most once a MiB, and raises AssembleCancelledError when asked to
    stop."""

    def __init__(
        self,
        progress: Callable[[Progress], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> None:
        self._progress = progress
        self._cancelled = cancelled
        self._last: Progress | None = None

    def check(self) -> None:
        """Raise AssembleCancelledError if the caller wants to stop."""
        if self._cancelled is not None and self._cancelled():
            raise AssembleCancelledError

    def report(self, stage: str, done: int, total: int) -> None:
        """Tell the caller, unless it was told much the same a moment ago; raises as `check`
        does."""
        self.check()
        last = self._last
        if (
            last is not None
            and last.stage == stage
            and done < total
            and 0 <= done - last.done < _REPORT_EVERY
        ):
            return
        self._tell(Progress(stage, done, max(total, 1)))

    def finish(self) -> None:
        """Tell the caller that all is done; too late to cancel, so this does not raise."""
        self._tell(Progress("write", 1, 1))

    def _tell(self, progress: Progress) -> None:
        self._last = progress
        if self._progress is not None:
            self._progress(progress)
