#!/usr/bin/env bash
# Usage: run_tests.sh HOME
# Runs every test but those of the architecture, which are checks; in parts at once, each with a
# database of its own below HOME: one machine has several processors, and many tests wait for
# PostgreSQL or for processes that they have started. The Registrar's have settings of their own.
# Shows what they said when all have ended; the exit status is 1 if a test failed.
set -euo pipefail
set -m  # without it bash has what runs beside it ignore Ctrl-C, which some tests send

home=$1
readonly parts=(browser command schools registrar edges core)
# These are long calculations, that can wait a little for those who wait for one another.
declare -rA patient=([core]=3 [edges]=3)
# No test outlives its server, but for those of the server, which do without this: nobody need
# wait for the disk at each commit.
export PGOPTIONS='-c synchronous_commit=off'
logs=()
running=()

mkdir -p "$home"
stop() {
    for process in "${running[@]}"; do
        kill -- "-$process" 2>/dev/null || true
    done
    wait
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Each part leaves out what the others have, so that together they are all there is.
apps=(tests/lms/*/)
core=(tests/lms --ignore=tests/lms/rest)
command=(tests/cli)
schools=(tests/how_to tests/sign_on_with_oidc tests/sign_on_with_saml tests/together)
registrar=(--ds=matricula.registrar.config.settings tests/registrar)
browser=(tests/browser)  # it starts both services, and leads Chromium through their pages
elsewhere=(tests/architecture tests/registrar "${browser[@]}" "${command[@]}" "${schools[@]}")
edges=(tests "${elsewhere[@]/#/--ignore=}")
for app in "${apps[@]}"; do
    if [[ $app != tests/lms/rest/ ]]; then
        edges+=("--ignore=${app%/}")
    fi
done

for part in "${parts[@]}"; do
    declare -n words=$part
    logs+=("$home/$part.log")
    nice -n "${patient[$part]:-0}" scripts/with_database.sh "$home/$part" ".venv/bin/pytest ${words[*]@Q}" >"$home/$part.log" 2>&1 &
    running+=($!)
done

failed=0
for position in "${!parts[@]}"; do
    wait "${running[position]}" || failed=1
    echo "The ${parts[position]} part:"
    cat "${logs[position]}"
done
exit "$failed"
