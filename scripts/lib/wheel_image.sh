#!/usr/bin/env bash
# scripts/lib/wheel_image.sh ARGUMENT...
#
# Gets what a build needs into a fresh container, Alpine (musl) or AlmaLinux 8 (glibc 2.28), and
# runs scripts/build_wheel with the arguments. The wheels are for any system with that C library or
# a newer one. Run by .github/workflows/wheels.yml.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

if command -v apk >/dev/null; then
    apk add --no-cache build-base linux-headers cmake samurai binutils python3
    export CC=gcc CXX=g++ PYTHON=python3
else
    # AlmaLinux's own compiler is too old for C++17 as llama.cpp writes it, its Python for us.
    dnf install -y --enablerepo=powertools \
        gcc-toolset-13-gcc-c++ gcc-toolset-13-binutils cmake ninja-build python3.12
    # shellcheck disable=SC1091
    set +u && source /opt/rh/gcc-toolset-13/enable && set -u
    export CC=gcc CXX=g++ PYTHON=python3.12
fi
exec scripts/build_wheel "$@"
