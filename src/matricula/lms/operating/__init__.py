"""Operating: how the platform runs, in figures: queue, workers, mail, ledger, checks, size."""
