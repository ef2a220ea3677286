"""What volunteers do with their profile and papers, and what officers do with papers."""

from linli.volunteers.actions.number import give_number
from linli.volunteers.actions.papers import (
    check_credential,
    note_papers_seen,
    state_credential,
    take_back_check,
    withdraw_credential,
)
from linli.volunteers.actions.profile import (
    EDITED_ELSEWHERE,
    ensure_profile,
    follow_account,
    forget_answers,
    opt_in,
    opt_out,
    save_profile,
)

__all__ = [
    "EDITED_ELSEWHERE",
    "check_credential",
    "ensure_profile",
    "follow_account",
    "forget_answers",
    "give_number",
    "note_papers_seen",
    "opt_in",
    "opt_out",
    "save_profile",
    "state_credential",
    "take_back_check",
    "withdraw_credential",
]
