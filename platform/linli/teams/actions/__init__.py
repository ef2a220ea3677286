"""Teams are founded, joined, led and ended."""

from linli.teams.actions.belonging import (
    accept_invitation,
    accept_member,
    ask_to_join,
    decline_invitation,
    decline_member,
    enter_member,
    invite_member,
    join_by_link,
    leave_team,
    remove_member,
    renew_calendar_link,
)
from linli.teams.actions.founding import (
    agree_to_team,
    decline_team,
    edit_team,
    end_team,
    found_team,
    propose_team,
    withdraw_agreement,
)
from linli.teams.actions.leading import hand_over, note_roster_seen, renew_link, set_role

__all__ = [
    "accept_invitation",
    "accept_member",
    "agree_to_team",
    "ask_to_join",
    "decline_invitation",
    "decline_member",
    "decline_team",
    "edit_team",
    "end_team",
    "enter_member",
    "found_team",
    "hand_over",
    "invite_member",
    "join_by_link",
    "leave_team",
    "note_roster_seen",
    "propose_team",
    "remove_member",
    "renew_calendar_link",
    "renew_link",
    "set_role",
    "withdraw_agreement",
]
