"""Inviting, applying, saying yes and no. Every change locks the need, so places are never exceeded."""

from linli.participation.actions.between import block, write_to_all
from linli.participation.actions.consent import withdraw_consent
from linli.participation.actions.deciding import decide_due
from linli.participation.actions.expiry import expire_due
from linli.participation.actions.holds import hold_now, release_hold, take_hold
from linli.participation.actions.inviting import Asked, invite, no_longer_needed
from linli.participation.actions.marks import tell_of_marks
from linli.participation.actions.naming import name_person
from linli.participation.actions.officers import (
    cancel_need,
    cancel_participation,
    confirm_application,
    refuse_application,
)
from linli.participation.actions.telling import note_disclosure
from linli.participation.actions.volunteers import accept, apply, decline, withdraw

__all__ = [
    "Asked",
    "accept",
    "apply",
    "block",
    "cancel_need",
    "cancel_participation",
    "confirm_application",
    "decide_due",
    "decline",
    "expire_due",
    "hold_now",
    "invite",
    "name_person",
    "no_longer_needed",
    "note_disclosure",
    "refuse_application",
    "release_hold",
    "take_hold",
    "tell_of_marks",
    "withdraw",
    "withdraw_consent",
    "write_to_all",
]
