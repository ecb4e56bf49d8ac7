#!/usr/bin/env bash
# Usage: run_tests.sh HOME
# Runs every test, in parts at once, each with a database of its own below HOME: one machine has
# several processors, and many tests wait for PostgreSQL or for processes that they have started.
# The Registrar's have settings of their own. Shows what they said when all have ended; the exit
# status is 1 if a test failed.
set -euo pipefail
set -m  # without it bash has what runs beside it ignore Ctrl-C, which some tests send

home=$1
readonly parts=(core edges processes registrar browser)
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
processes=(tests/cli tests/how_to tests/sign_on_with_oidc tests/sign_on_with_saml tests/together)
edges=(tests --ignore=tests/registrar --ignore=tests/browser "${processes[@]/#/--ignore=}")
registrar=(--ds=matricula.registrar.config.settings tests/registrar)
browser=(tests/browser)  # it starts both services, and leads Chromium through their pages
for app in "${apps[@]}"; do
    if [[ $app != tests/lms/rest/ ]]; then
        edges+=("--ignore=${app%/}")
    fi
done

for part in "${parts[@]}"; do
    declare -n words=$part
    logs+=("$home/$part.log")
    scripts/with_database.sh "$home/$part" ".venv/bin/pytest ${words[*]@Q}" >"$home/$part.log" 2>&1 &
    running+=($!)
done

failed=0
for position in "${!parts[@]}"; do
    wait "${running[position]}" || failed=1
    echo "The ${parts[position]} part:"
    cat "${logs[position]}"
done
exit "$failed"
