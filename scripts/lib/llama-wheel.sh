#!/usr/bin/env bash
# scripts/lib/llama-wheel.sh PYTHON
#
# Builds llama-cpp-python's wheel from its source, once, and prints the wheel's path. The package
# index has no wheel of it. One wheel serves every Python on this machine: it is called through
# ctypes. It is built for this very processor (GGML_NATIVE), so the cache is keyed by the processor
# too: a home folder that moves to another machine must not meet an illegal instruction.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

PYTHON="${1:?the Python to build with}"
VERSION=0.3.36

processor() {
    { grep -m 1 -E '^(flags|Features)' /proc/cpuinfo 2>/dev/null || sysctl -n machdep.cpu 2>/dev/null ||
        true; } | cksum | cut -d ' ' -f 1
}

wheels="$CACHE/wheels/llama-cpp-python-$VERSION-$(uname -s)-$(uname -m)-$(processor)"
cached() { ls "$wheels"/llama_cpp_python-*.whl 2>/dev/null | head -n 1; }

if [ -z "$(cached)" ]; then
    for compiler in cc c++; do
        command -v "$compiler" >/dev/null ||
            fail "building llama-cpp-python needs a C and C++ compiler (Debian: apt install g++)"
    done
    ensure_uv
    step "building llama-cpp-python $VERSION, about 5 minutes on 2 cores (log: $CACHE/logs/llama.log)"
    mkdir -p "$wheels"
    work="$(mktemp -d "$wheels/build.XXXXXX")"
    trap 'rm -rf "$work"' EXIT
    "$UV" venv --quiet --seed --python "$PYTHON" "$work/venv"
    # Only the library is wanted: no server, no tools, no tests, no image models.
    export CMAKE_ARGS="-DGGML_NATIVE=ON -DLLAMA_BUILD_TESTS=OFF -DLLAMA_BUILD_EXAMPLES=OFF \
-DLLAMA_BUILD_TOOLS=OFF -DLLAMA_CURL=OFF -DLLAVA_BUILD=OFF"
    export CMAKE_BUILD_PARALLEL_LEVEL="${CMAKE_BUILD_PARALLEL_LEVEL:-$(getconf _NPROCESSORS_ONLN)}"
    logged llama nice -n 10 "$work/venv/bin/python" -m pip wheel --verbose --no-deps \
        --no-binary llama-cpp-python --wheel-dir "$work" "llama-cpp-python==$VERSION"
    mv "$work"/llama_cpp_python-*.whl "$wheels/"
fi
cached
