"""Measure, print a table, and write ``bench.json`` into Matricula's folder."""

import argparse
import os

from bench.database import fresh_databases


def main() -> int:
    """Measure in databases of our own; the exit status is 1 if a limit is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", action="append", metavar="NAME", help="writes nothing of others")
    parser.add_argument("--rows", type=int, default=100_000, help="fewer make a quick run")
    chosen = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
    with fresh_databases():
        from bench import running  # noqa: PLC0415  it needs Django, and that its database

        return running.measure(only=chosen.only, rows=chosen.rows)


if __name__ == "__main__":
    raise SystemExit(main())
