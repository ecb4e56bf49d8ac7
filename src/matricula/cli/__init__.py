"""The ``matricula`` command: words in, words out; every rule is somewhere else.

Its first word says which service it is about, and so which settings are read: two services are two
processes, also here.
"""

import gc
import os
import sys

import django
from django.conf import settings

REGISTRAR = "registrar"

# Before any module of a command is read: they import models. No database is needed for it. Where
# Django is set up already, this is part of another program.
if not settings.configured:
    gc.disable()  # until all is read: looking for garbage among it takes a fifth of the start
    service = REGISTRAR if sys.argv[1:2] == [REGISTRAR] else "lms"
    os.environ["DJANGO_SETTINGS_MODULE"] = f"matricula.{service}.config.settings"
    django.setup()
