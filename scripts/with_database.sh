#!/usr/bin/env bash
# Usage: with_database.sh HOME COMMAND
# Runs COMMAND (a line of bash) with MATRICULA_HOME set to HOME and the database started; stops
# the database afterwards, whatever happened, unless it ran before or is an external one.
set -euo pipefail

MATRICULA_HOME=$1
export MATRICULA_HOME
mkdir -p "$MATRICULA_HOME"

started=$(.venv/bin/matricula db start --json)
stop() {
    if [[ $started == *'"started": true'* ]]; then
        .venv/bin/matricula db stop >/dev/null
    fi
}
trap stop EXIT
trap : INT # the command gets it as well: how it ends says how we do
trap 'exit 143' TERM

bash -euo pipefail -c "$2"
