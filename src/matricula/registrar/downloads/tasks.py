"""What workers do for downloads; procrastinate finds this module by its name."""

from matricula.registrar.downloads.asking import DownloadKind
from matricula.registrar.downloads.carrying_out import carry_out_download
from matricula.registrar.jobs.api import working_off

for kind in DownloadKind:
    working_off(kind.value)(carry_out_download)
