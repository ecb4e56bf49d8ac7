"""The ``matricula`` command: words in, words out; every rule is somewhere else."""

import os

import django

# Before any module of a command is read: they import models. No database is needed for it.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "matricula.lms.config.settings")
django.setup()
