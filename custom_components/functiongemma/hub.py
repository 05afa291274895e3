"""GGUF files on Hugging Face: what a repository has, and how one gets here.

Everything here blocks: call it in an executor. The client is `huggingface_hub`, imported late
because most installations never need it. Downloads use its `http_get` with a file of our own,
because `hf_hub_download` throws an interrupted file away, and 250 MB over a slow line should go on
where they stopped.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, Final, cast
from urllib.parse import urlsplit

from .core.assemble.disk import disk_full_as_error, locked, require_free
from .core.assemble.progress import Reporter
from .core.errors import DownloadError, HashMismatchError
from .errors import (
    InvalidTokenError,
    NoGgufError,
    RepositoryGatedError,
    RepositoryNotFoundError,
)

PUBLIC_HUB: Final = "https://huggingface.co"

_HOSTS: Final = frozenset({"huggingface.co", "www.huggingface.co", "hf.co"})
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,95}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_HASH_BYTES: Final = 1 << 20
_TIMEOUT: Final = 10.0


@dataclass(frozen=True)
class HubFile:
    """A GGUF file of a repository."""

    name: str
    """Path inside the repository, with `/`."""

    size: int
    """In bytes; 0 where the hub does not tell."""


def endpoint() -> str:
    """The hub in use: `HF_ENDPOINT` from the environment, or the public one."""
    return (os.environ.get("HF_ENDPOINT") or PUBLIC_HUB).rstrip("/")


def parse_repository(text: str) -> str:
    """`owner/name` from what people paste: the name itself, or an address of any of its pages.

    `https://huggingface.co/owner/name/tree/main` → `owner/name`. Raises ValueError for anything
    else.
    """
    text = text.strip()
    if "://" in text:
        parts = urlsplit(text)
        if parts.hostname not in {*_HOSTS, urlsplit(endpoint()).hostname}:
            raise ValueError(f"{parts.hostname} is not the hub")
        text = parts.path
    segments = [segment for segment in text.split("/") if segment]
    if segments and segments[0].lower() in _HOSTS:
        del segments[0]
    pages = len(segments) > 2 and segments[2] in ("tree", "blob", "resolve", "discussions")
    if not (len(segments) == 2 or pages) or not all(map(_NAME.fullmatch, segments[:2])):
        raise ValueError(f"{text!r} is not owner/name")
    return "/".join(segments[:2])


def list_gguf(repository: str, token: str | None = None) -> list[HubFile]:
    """The repository's GGUF files, by name.

    Raises RepositoryNotFoundError, RepositoryGatedError, InvalidTokenError, NoGgufError and
    DownloadError.
    """
    from huggingface_hub import HfApi

    # False, not None: a token that happens to lie on this machine is not the user's choice.
    api = HfApi(endpoint=endpoint(), token=token or False)
    with _translated(repository, token):
        # Unlike a listing of the tree, which tries for half a minute when there is no network.
        info = api.model_info(repository, files_metadata=True, timeout=_TIMEOUT)
    found = info.siblings or []
    files = [HubFile(f.rfilename, f.size or 0) for f in found if _is_gguf(f.rfilename)]
    if not files:
        raise NoGgufError(f"{repository} holds no GGUF file", repository=repository)
    return sorted(files, key=lambda file: file.name)


def check_access(repository: str, file: str, token: str | None = None) -> None:
    """Ask for the file without fetching it; raises what `list_gguf` raises."""
    with _translated(repository, token):
        _metadata(repository, file, token)


def target_path(folder: Path, repository: str, file: str) -> Path:
    """Where `download` puts a file: nothing a repository says leads out of `folder`."""
    owner, name = repository.split("/")
    if not _is_gguf(file) or not (_NAME.fullmatch(owner) and _NAME.fullmatch(name)):
        raise ValueError(f"{repository}/{file} is no file of a repository")
    return folder / f"{owner}--{name}" / PurePosixPath(file)


def download(
    repository: str,
    file: str,
    token: str | None,
    folder: Path,
    *,
    progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Path:
    """Fetch a file into `folder`, going on where an earlier call stopped; its path.

    `progress` gets the share that is there, 0..1. Raises what `list_gguf` raises, DiskFullError,
    HashMismatchError and AssembleCancelledError.
    """
    reporter = Reporter(None, cancelled)
    target = target_path(folder, repository, file)
    target.parent.mkdir(parents=True, exist_ok=True)
    with locked(target.parent, reporter), _translated(repository, token):
        metadata = _metadata(repository, file, token)
        etag = str(metadata.etag or "unknown")
        if not _is_same(target, metadata.size, etag, reporter):
            partial = _partial(target, etag)
            _fetch(repository, file, token, partial, metadata.size, reporter, progress)
            if _SHA256.fullmatch(etag) and _sha256(partial, reporter) != etag:
                partial.unlink()
                raise HashMismatchError(f"{file} is not what {repository} says it is")
            partial.replace(target)
    return target


def _fetch(
    repository: str,
    file: str,
    token: str | None,
    partial: Path,
    size: int | None,
    reporter: Reporter,
    progress: Callable[[float], None] | None,
) -> None:
    """Bring `partial` to its full size."""
    from huggingface_hub import hf_hub_url
    from huggingface_hub.file_download import http_get
    from huggingface_hub.utils import build_hf_headers

    have = partial.stat().st_size if partial.exists() else 0
    if size is not None and have > size:
        partial.unlink()
        have = 0
    missing = max((size or 0) - have, 0)
    require_free(partial.parent, missing)
    with disk_full_as_error(partial.parent, missing), partial.open("ab") as out:
        http_get(
            hf_hub_url(repository, file, endpoint=endpoint()),
            cast(BinaryIO, out),
            resume_size=have,
            headers=build_hf_headers(token=token or False),
            expected_size=size,
            tqdm_class=_bar(reporter, progress),
        )


def _bar(reporter: Reporter, progress: Callable[[float], None] | None) -> Any:
    """What the client takes for a progress bar: tells us how far it is and stops on request."""

    class Bar:
        def __init__(self, *, total: int | None = None, initial: int = 0, **_: object) -> None:
            self._total = total
            self._done = initial

        def __enter__(self) -> Bar:
            reporter.check()
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def update(self, count: int) -> None:
            reporter.check()
            self._done += count
            if progress is not None and self._total:
                progress(min(self._done / self._total, 1.0))

    return Bar


def _metadata(repository: str, file: str, token: str | None) -> Any:
    from huggingface_hub import get_hf_file_metadata, hf_hub_url

    return get_hf_file_metadata(
        hf_hub_url(repository, file, endpoint=endpoint()),
        token=token or False,
        endpoint=endpoint(),
    )


@contextmanager
def _translated(repository: str, token: str | None) -> Iterator[None]:
    """Turn the client's errors into ours."""
    from httpx2 import ConnectError, ConnectTimeout, HTTPError, InvalidURL
    from huggingface_hub import errors

    try:
        yield
    except errors.GatedRepoError as err:
        raise RepositoryGatedError(f"{repository} is gated", repository=repository) from err
    except (errors.RepositoryNotFoundError, errors.HFValidationError) as err:
        message = f"{repository} does not exist or is private"
        raise RepositoryNotFoundError(message, repository=repository) from err
    except errors.HfHubHTTPError as err:
        status = err.response.status_code
        if status == 401 and token:
            raise InvalidTokenError from err
        if status in (401, 403):
            raise RepositoryGatedError(f"{repository} is gated", repository=repository) from err
        raise DownloadError(f"the hub answered {status}") from err
    except (ConnectError, ConnectTimeout) as err:
        raise DownloadError(f"{endpoint()} cannot be reached") from err
    except (HTTPError, InvalidURL, errors.OfflineModeIsEnabled, errors.FileMetadataError) as err:
        raise DownloadError(str(err) or type(err).__name__) from err
    except (ValueError, TypeError, KeyError) as err:
        raise DownloadError(f"{endpoint()} does not answer like a hub") from err
    except OSError as err:
        if err.errno is not None:
            raise
        # Without a number it is the client's own: fewer bytes came than were promised.
        raise DownloadError("the connection closed before the end of the file") from err


def _is_gguf(name: str) -> bool:
    """Whether a repository's file is a GGUF file with a path that stays inside its folder."""
    path = PurePosixPath(name)
    inside = not path.is_absolute() and ".." not in path.parts and "\0" not in name
    return inside and path.suffix.lower() == ".gguf"


def _partial(target: Path, etag: str) -> Path:
    """The beginning of this very version of the file; beginnings of others are deleted."""
    version = hashlib.sha256(etag.encode()).hexdigest()[:12]
    partial = target.with_name(f"{target.name}.{version}.part")
    for path in target.parent.glob("*.part"):
        if path != partial and path.name.startswith(f"{target.name}."):
            path.unlink(missing_ok=True)
    return partial


def _is_same(target: Path, size: int | None, etag: str, reporter: Reporter) -> bool:
    """Whether `target` is the hub's file already."""
    if not target.is_file() or target.stat().st_size != size:
        return False
    return bool(_SHA256.fullmatch(etag)) and _sha256(target, reporter) == etag


def _sha256(path: Path, reporter: Reporter) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_HASH_BYTES):
            reporter.check()
            digest.update(block)
    return digest.hexdigest()
