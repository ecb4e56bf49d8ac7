"""An account on edX's wire."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from matricula.lms.learners.api import Profile

IMAGE_SIZES = ("full", "large", "medium", "small")
NO_IMAGE: dict[str, Any] = {
    "has_image": False,
    **{f"image_url_{size}": None for size in IMAGE_SIZES},
}


class AccountShape(msgspec.Struct, frozen=True, kw_only=True):
    """An account; what has a value here is kept by no account of ours."""

    id: int
    username: str
    name: str
    email: str
    is_active: bool
    date_joined: datetime
    last_login: datetime | None
    profile_image: dict[str, Any] = msgspec.field(default_factory=NO_IMAGE.copy)
    account_privacy: str = "private"
    accomplishments_shared: bool = False
    bio: None = None
    country: None = None
    course_certificates: None = None
    extended_profile: Sequence[str] = ()
    gender: None = None
    goals: None = None
    language_proficiencies: Sequence[str] = ()
    level_of_education: None = None
    mailing_address: None = None
    requires_parental_consent: bool = False
    secondary_email: None = None
    secondary_email_enabled: None = None
    social_links: Sequence[str] = ()
    state: None = None
    time_zone: None = None
    verified_name: None = None
    year_of_birth: None = None


def shape_account(profile: Profile) -> AccountShape:
    """Return a profile as clients expect it."""
    return AccountShape(**msgspec.structs.asdict(profile))
