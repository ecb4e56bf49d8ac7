#!/usr/bin/env bash
# Usage: run_tests.sh HOME
# Runs every test, in two halves at once, each with a database of its own below HOME: one machine
# has several processors, and half of the tests wait for PostgreSQL. Shows what they said when
# both have ended; the exit status is 1 if a test failed.
set -euo pipefail
set -m  # without it bash has what runs beside it ignore Ctrl-C, which some tests send

home=$1
readonly halves=(core edges)
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

# Either half leaves out what the other has, so that together they are all there is.
apps=(tests/lms/*/)
core=(tests/lms --ignore=tests/lms/rest)
edges=(tests)
for app in "${apps[@]}"; do
    if [[ $app != tests/lms/rest/ ]]; then
        edges+=("--ignore=${app%/}")
    fi
done

for half in "${halves[@]}"; do
    declare -n words=$half
    logs+=("$home/$half.log")
    scripts/with_database.sh "$home/$half" ".venv/bin/pytest ${words[*]@Q}" >"$home/$half.log" 2>&1 &
    running+=($!)
done

failed=0
for position in "${!halves[@]}"; do
    wait "${running[position]}" || failed=1
    echo "The ${halves[position]} half:"
    cat "${logs[position]}"
done
exit "$failed"
