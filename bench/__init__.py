"""What Matricula costs, as ratios measured side by side in one run: ``python -m bench``.

Two *sides* do the same work, one after the other, several times, and each time on tables in the
same state. How the figures are to be read is in docs/benchmarks.md.
"""
