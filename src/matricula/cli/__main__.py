"""``python -m matricula.cli``: the command, for processes that start another one."""

from matricula.cli.main import main

main()
