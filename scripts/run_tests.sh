#!/usr/bin/env bash
# Usage: run_tests.sh HOME
# Runs every test: the LMS's in two halves at once, each with a database of its own below HOME, for
# one machine has several processors, and half of the tests wait for PostgreSQL; the Registrar's,
# which has settings of its own beside them. Shows what they said when all have ended;
# the exit status is 1 if a test failed.
set -euo pipefail
set -m  # without it bash has what runs beside it ignore Ctrl-C, which some tests send

home=$1
readonly parts=(core edges registrar)
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
edges=(tests --ignore=tests/registrar)
registrar=(--ds=matricula.registrar.config.settings tests/registrar)
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
