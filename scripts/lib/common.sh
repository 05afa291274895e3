# shellcheck shell=bash
# Sourced by the scripts of this repository: paths, messages, and a `uv` to work with.

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
CACHE="${XDG_CACHE_HOME:-$HOME/.cache}/functiongemma"
VENV="$ROOT/.venv"
VENV_TRAINING="$ROOT/.venv-training"
VENV_VOICE="$ROOT/.venv-voice"
VENV_BROWSER="$ROOT/.venv-browser"
QUIET="${QUIET:-}"
# Inherited by the scripts that one calls, so that all count from the same moment.
export STARTED="${STARTED:-$(date +%s)}"

# A progress line with the time since the first script began, so that a slow step is seen.
step() {
    [ -n "$QUIET" ] || printf '[%3ds] %s\n' "$(($(date +%s) - STARTED))" "$*" >&2
}

fail() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

# Runs a command with its output in a log; shows the log's end only when the command fails.
logged() {
    local log="$CACHE/logs/$1.log"
    shift
    mkdir -p "$CACHE/logs"
    if ! "$@" >"$log" 2>&1 </dev/null; then
        tail -n 30 "$log" >&2
        fail "'$*' failed; the whole output is in $log"
    fi
}

# Sets UV to a working uv: the one in PATH, or one installed with pip into the cache.
ensure_uv() {
    if UV="$(command -v uv)" && "$UV" --version >/dev/null 2>&1; then
        return
    fi
    UV="$CACHE/uv/bin/uv"
    if ! "$UV" --version >/dev/null 2>&1; then
        step "uv is not installed: putting one into $CACHE/uv"
        command -v python3 >/dev/null || fail "neither uv nor python3 found; install one of them"
        rm -rf "$CACHE/uv"
        python3 -m venv "$CACHE/uv" ||
            fail "python3 cannot make a virtual environment (Debian: apt install python3-venv)"
        logged uv "$CACHE/uv/bin/python" -m pip install uv
    fi
}
