"""Wording: what is data, in words."""

from collections.abc import Mapping

from django import template

from matricula.lms.learners.api import Episode, SurveyedGrade, SurveyedGrant, SurveyedProgram
from matricula.lms.pages.saying import (
    StatusWords,
    say_grade,
    say_source,
    say_status,
    say_why_not,
)
from matricula.lms.pages.studying import find_address
from matricula.lms.pages.telling import say_author, tell_episode

register = template.Library()


@register.filter
def worded(code: str, words: Mapping[str, str]) -> str:
    """Return the words for a code, or the code where there are none."""
    return words.get(code, code)


@register.filter
def standing(program: SurveyedProgram) -> StatusWords:
    """Return how somebody stands in a program."""
    return say_status(program)


@register.filter
def in_words(grade: SurveyedGrade) -> str:
    """Return what somebody earned."""
    return say_grade(grade)


@register.filter
def place_to_study(key: str) -> str:
    """Return the address where a course run is studied, if there is one."""
    return find_address(key)


@register.filter
def source(grant: SurveyedGrant) -> str:
    """Return where a course comes from."""
    return say_source(grant)


@register.filter
def why_not(grant: SurveyedGrant) -> str:
    """Return why a grant does not give the course."""
    return say_why_not(grant)


@register.filter
def told(episode: Episode) -> str:
    """Return what happened."""
    return tell_episode(episode)


@register.filter
def author(episode: Episode) -> str:
    """Return on whose side it was done."""
    return say_author(episode)
