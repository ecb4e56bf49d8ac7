"""Reading who is to be enrolled where."""

import re
from typing import Any

from rest_framework import serializers

from matricula.lms.catalog.api import CourseRunKey, InvalidCourseRunKey

MOST_PAIRS = 100_000
"""Identifiers times course runs that one request may have."""


class CommaSeparated(serializers.Field[list[str], Any, list[str], Any]):
    """Texts in a list, or in one text with commas between."""

    def to_internal_value(self, data: Any) -> list[str]:  # noqa: ANN401  whatever the JSON says
        """Return the texts, each once."""
        parts = data.split(",") if isinstance(data, str) else data
        if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
            raise serializers.ValidationError("A list of texts, or a text with commas between.")
        texts = list(dict.fromkeys(part.strip() for part in parts if part.strip()))
        if not texts:
            raise serializers.ValidationError("There is none.")
        return texts

    def to_representation(self, value: list[str]) -> list[str]:
        """Return the texts."""
        return value


class BulkEnrollment(serializers.Serializer[Any]):
    """The body; what is wrong with it is told field by field."""

    action = serializers.ChoiceField(choices=["enroll", "unenroll"])
    courses = CommaSeparated()
    identifiers = serializers.CharField()
    auto_enroll = serializers.BooleanField(default=False)
    email_students = serializers.BooleanField(default=False)
    cohorts = CommaSeparated(required=False)

    def validate_courses(self, value: list[str]) -> list[str]:
        """Return the keys of course runs."""
        try:
            return [str(CourseRunKey.parse(text)) for text in value]
        except InvalidCourseRunKey as refusal:
            raise serializers.ValidationError(str(refusal)) from None

    def validate_identifiers(self, value: str) -> list[str]:
        """Return those between the commas and white space."""
        return [each for each in re.split(r"[\s,]+", value) if each]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Return what was said, if it fits together."""
        cohorts, courses = attrs.get("cohorts"), attrs["courses"]
        if cohorts and attrs["action"] != "enroll":
            raise serializers.ValidationError({"cohorts": ["Only who is enrolled joins one."]})
        if cohorts and len(cohorts) != len(courses):
            raise serializers.ValidationError(
                {"cohorts": [f"{len(cohorts)} cohorts are said for {len(courses)} courses."]}
            )
        if cohorts:
            raise serializers.ValidationError({"cohorts": ["There are no cohorts here."]})
        if len(attrs["identifiers"]) * len(courses) > MOST_PAIRS:
            message = f"More than {MOST_PAIRS} pairs of identifier and course."
            raise serializers.ValidationError({"identifiers": [message]})
        return attrs
