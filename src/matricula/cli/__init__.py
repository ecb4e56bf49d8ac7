"""The `matricula` command: words in, words out; every rule is somewhere else."""
