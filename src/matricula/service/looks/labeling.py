"""Labeling: tables and columns in people's words, for the pages that Django makes of models."""

from collections.abc import Mapping
from typing import Any

from django.apps import apps

Words = Any
"""Words of later, which have no public type."""


def label_tables(
    *,
    groups: Mapping[str, Words],
    tables: Mapping[str, tuple[Words, Words]],
    columns: Mapping[str, Words],
) -> None:
    """Call apps, one row and many of each table, and columns by these words.

    Models themselves know only what code calls things; what they are called on a page can be
    changed without a migration.
    """
    for label, words in groups.items():
        apps.get_app_config(label).verbose_name = words
    for model in apps.get_models():
        options = model._meta  # noqa: SLF001  documented all the same
        if options.label_lower not in tables:
            continue
        options.verbose_name, options.verbose_name_plural = tables[options.label_lower]
        for column in (*options.fields, *options.many_to_many):
            if column.name in columns:
                column.verbose_name = columns[column.name]
