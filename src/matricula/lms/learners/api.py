"""The door of learners."""

from matricula.lms.learners.attributing import NameOfLearner, list_names_of_learner
from matricula.lms.learners.checking import find_visible_seat_mode
from matricula.lms.learners.explaining import ExplainedGrant, SeatExplanation, explain_seat
from matricula.lms.learners.finding import Learner, get_learner, get_named_learner
from matricula.lms.learners.following import FollowedProgram, list_followed_programs
from matricula.lms.learners.inspecting import (
    InspectedCourse,
    InspectedEnrollment,
    Inspection,
    SchoolKey,
    inspect_account,
    inspect_student,
)
from matricula.lms.learners.lacking import Lack, list_lacks
from matricula.lms.learners.marking import StudentGrade, list_student_grades
from matricula.lms.learners.narrating import Author, Episode, list_history
from matricula.lms.learners.picturing import Picture, PictureSeat, picture_learner
from matricula.lms.learners.profiling import (
    Profile,
    get_profile,
    list_profiles,
    list_profiles_of_address,
)
from matricula.lms.learners.recalling import (
    NotThereYet,
    PastCourseEnrollment,
    PastProgramEnrollment,
    list_course_enrollments_as_of,
    list_program_enrollments_as_of,
    picture_learner_as_of,
)
from matricula.lms.learners.recounting import BindingOnce, KeyOfAccount, recount_bindings
from matricula.lms.learners.revisiting import (
    PastWanted,
    list_past_course_enrollments,
    list_past_program_enrollments,
)
from matricula.lms.learners.searching import Found, FoundPage, Match, search_people
from matricula.lms.learners.seeing import (
    ProgramOutOfSight,
    get_program_head_in_reach,
    get_program_in_reach,
    get_program_of_uuid,
    list_programs_in_sight,
    require_sight,
)
from matricula.lms.learners.studying import StudiedRun, list_studied_runs
from matricula.lms.learners.surveying import (
    Survey,
    SurveyedCourse,
    SurveyedGrade,
    SurveyedGrant,
    SurveyedProgram,
    survey_course,
    survey_studies,
)

__all__ = [
    "Author",
    "BindingOnce",
    "Episode",
    "ExplainedGrant",
    "FollowedProgram",
    "Found",
    "FoundPage",
    "InspectedCourse",
    "InspectedEnrollment",
    "Inspection",
    "KeyOfAccount",
    "Lack",
    "Learner",
    "Match",
    "NameOfLearner",
    "NotThereYet",
    "PastCourseEnrollment",
    "PastProgramEnrollment",
    "PastWanted",
    "Picture",
    "PictureSeat",
    "Profile",
    "ProgramOutOfSight",
    "SchoolKey",
    "SeatExplanation",
    "StudentGrade",
    "StudiedRun",
    "Survey",
    "SurveyedCourse",
    "SurveyedGrade",
    "SurveyedGrant",
    "SurveyedProgram",
    "explain_seat",
    "find_visible_seat_mode",
    "get_learner",
    "get_named_learner",
    "get_profile",
    "get_program_head_in_reach",
    "get_program_in_reach",
    "get_program_of_uuid",
    "inspect_account",
    "inspect_student",
    "list_course_enrollments_as_of",
    "list_followed_programs",
    "list_history",
    "list_lacks",
    "list_names_of_learner",
    "list_past_course_enrollments",
    "list_past_program_enrollments",
    "list_profiles",
    "list_profiles_of_address",
    "list_program_enrollments_as_of",
    "list_programs_in_sight",
    "list_student_grades",
    "list_studied_runs",
    "picture_learner",
    "picture_learner_as_of",
    "recount_bindings",
    "require_sight",
    "search_people",
    "survey_course",
    "survey_studies",
]
