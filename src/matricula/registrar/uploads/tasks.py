"""What workers do for uploads; procrastinate finds this module by its name."""

from matricula.registrar.jobs.api import working_off
from matricula.registrar.uploads.carrying_out import carry_out_upload
from matricula.registrar.uploads.reading import UploadKind

for kind in UploadKind:
    working_off(kind.value)(carry_out_upload)
