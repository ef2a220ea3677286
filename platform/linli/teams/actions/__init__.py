"""Teams are founded, joined, led and ended."""

from linli.teams.actions.belonging import (
    accept_invitation,
    accept_member,
    ask_to_join,
    decline_invitation,
    decline_member,
    enter_members,
    invite_members,
    join_by_link,
    leave_team,
    remove_member,
    remove_members,
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
from linli.teams.actions.leading import leaders_of, note_roster_seen, renew_link, set_role, set_roles

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
    "enter_members",
    "found_team",
    "invite_members",
    "join_by_link",
    "leaders_of",
    "leave_team",
    "note_roster_seen",
    "propose_team",
    "remove_member",
    "remove_members",
    "renew_calendar_link",
    "renew_link",
    "set_role",
    "set_roles",
    "withdraw_agreement",
]
