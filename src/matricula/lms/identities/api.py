"""The door of identities."""

from matricula.lms.identities.mentioning import mention_identities
from matricula.lms.identities.models import BindingConflict, Identity, Kind, Via

__all__ = ["BindingConflict", "Identity", "Kind", "Via", "mention_identities"]
