#!/usr/bin/env bash
# Makes .venv from what is pinned in requirements/. Needs python3.11 and a network; where Python
# came without venv and pip, as Debian ships it, apt is asked for them, and nothing is installed
# outside .venv. Interrupted, it is finished by running it again.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly venv=.venv
readonly parts=.venv-parts
python=$venv/bin/python

main() {
    wait_for_others
    rm -f "$venv/set-up"
    if ! works "$python" -m pip --version; then
        make_venv
    fi
    install_pinned
    install_ourselves
    rm -rf "$parts"
    touch "$venv/set-up"
}

# Two runs at once in a fresh clone: the second waits, and finds everything done.
wait_for_others() {
    exec 9<.
    if works command -v flock; then
        flock 9
    fi
    if [[ $venv/set-up -nt requirements/dev.txt && $venv/set-up -nt requirements/uv.txt &&
        $venv/set-up -nt pyproject.toml && $venv/set-up -nt scripts/bootstrap.sh ]]; then
        exit 0
    fi
}

works() {
    "$@" >/dev/null 2>&1
}

fail() {
    printf '%s\n' "$*" >&2
    exit 1
}

say() {
    printf '%s\n' "$*" >&2
}

make_venv() {
    local base
    base=$(find_python) || fail "Matricula needs Python 3.11. Install it (Debian: python3.11)."
    say "Making $venv with $base ..."
    rm -rf "$venv"
    if works "$base" -c 'import ensurepip, venv'; then
        "$base" -m venv "$venv"
    else
        make_venv_with_parts "$base"
    fi
}

find_python() {
    local name
    for name in python3.11 python3 python; do
        if works "$name" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))'; then
            command -v "$name"
            return
        fi
    done
    return 1
}

# Debian keeps pip's wheel in a package of its own, which needs no root to be unpacked.
make_venv_with_parts() {
    local wheel
    say "This Python has no pip; fetching it from Debian's archive ..."
    rm -rf "$parts"
    fetch_parts >"$PWD/$parts.log" 2>&1 \
        || fail "This Python has no pip, and apt could not fetch it (see $parts.log):" \
            "install the package python3.11-venv and run this again."
    rm -f "$parts.log"
    wheel=$(find "$parts" -name 'pip-*.whl' -print -quit)
    "$1" -m venv --without-pip "$venv"
    "$python" "$wheel/pip" --quiet install --no-index --no-deps "$wheel"
}

fetch_parts() (
    root=$PWD/$parts
    mkdir -p "$root/lists/partial" "$root/archives/partial" "$root/unpacked"
    cd "$root"
    apt=(apt-get -o "Dir::State::Lists=$root/lists" -o "Dir::Cache=$root"
        -o "Dir::Cache::Archives=$root/archives" -o APT::Sandbox::User= -o Acquire::Retries=3)
    "${apt[@]}" update  # may fail for one source of several, and the rest be enough
    # Each by itself: bash does not stop at an error in what stands left of "||".
    "${apt[@]}" download python3-pip-whl || exit
    dpkg-deb -x python3-pip-whl_*.deb unpacked
)

install_pinned() {
    say "Installing what is pinned in requirements/dev.txt ..."
    "$python" -m pip --quiet --disable-pip-version-check install \
        --require-hashes --only-binary :all: -r requirements/uv.txt
    # uv is many times faster; but where a mirror is configured for pip only, uv knows none.
    if ! works "$venv/bin/uv" pip sync --quiet --system-certs --require-hashes --python "$python" \
        requirements/dev.txt requirements/uv.txt; then
        "$python" -m pip --quiet --disable-pip-version-check install \
            --require-hashes -r requirements/dev.txt
    fi
}

install_ourselves() {
    "$python" -m pip --quiet --disable-pip-version-check install \
        --no-deps --no-build-isolation --no-index --editable .
}

main
