#!/usr/bin/env bash
# Sees to it that there is a Chromium for the tests of pages. Where it is missing, Debian's is
# installed if we may; otherwise this says what to do, and fails: no test is left out for it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly log=var/chromium.log

main() {
    if [[ -n ${MATRICULA_CHROMIUM:-} ]]; then
        [[ -x $MATRICULA_CHROMIUM ]] || fail "MATRICULA_CHROMIUM=$MATRICULA_CHROMIUM is no program."
    elif ! has chromium; then
        install_chromium
    fi
}

install_chromium() {
    if [[ $EUID != 0 ]] || ! has apt-get; then
        fail "The tests of pages need Chromium: install it (Debian: apt-get install chromium" \
            "fonts-dejavu-core), or say in MATRICULA_CHROMIUM where it is."
    fi
    echo "Installing Chromium, in which pages are tested ..." >&2
    mkdir -p var
    # What is known of the archive may be too old to fetch by, or not be there at all.
    { install || { apt-get update && install; }; } >"$log" 2>&1 \
        || fail "Chromium could not be installed (see $log)."
}

install() {
    DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends \
        -o DPkg::Lock::Timeout=120 chromium fonts-dejavu-core
}

has() {
    command -v "$1" >/dev/null
}

fail() {
    printf '%s\n' "$*" >&2
    exit 1
}

main
