"""What each act is called when somebody checks what was done: a sentence without anybody's name."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from linli.core.i18n import Message
from linli.organizations.rules import Role


class Group(StrEnum):
    needs = "needs"
    places = "places"
    looks = "looks"
    organizations = "organizations"
    people = "people"
    teams = "teams"
    conversations = "conversations"
    suggestions = "suggestions"


@dataclass(frozen=True)
class Act:
    group: Group
    sentence: Message


GROUP_NAMES: Final[Mapping[Group, Message]] = {
    Group.needs: Message("Needs"),
    Group.places: Message("Who comes"),
    Group.looks: Message("Looks at contact data and papers"),
    Group.organizations: Message("Organizations and papers"),
    Group.people: Message("Members and people"),
    Group.teams: Message("Teams"),
    Group.conversations: Message("Conversations and reports"),
    Group.suggestions: Message("Suggestions"),
}
# Who acted, by the role in the organization; a name is nobody's business here (security 38).
ACTORS: Final[Mapping[Role, Message]] = {
    Role.officer: Message("An officer of {organization}"),
    Role.coordinator: Message("A coordinator of {organization}"),
    Role.social_worker: Message("A social worker of {organization}"),
    Role.bureau_staff: Message("Somebody of {organization}"),
    Role.auditor: Message("An auditor of {organization}"),
}
A_VOLUNTEER: Final = Message("A volunteer")
BY_ITSELF: Final = Message("Linli, when it was time,")
UNNAMED: Final = Message("{who} did something at {organization}.")
A_NEED: Final = Message("a need")
A_TEAM: Final = Message("a team")

# The acts of each group, as `core.audit.record` is told of them. What is done to one's own account belongs
# to no organization and stands in nobody's list.
_SENTENCES: Final[Mapping[Group, Mapping[str, Message]]] = {
    Group.needs: {
        "draft_need": Message("{who} wrote the draft of a need: {need}."),
        "post_need": Message("{who} posted a need: {need}."),
        "edit_need": Message("{who} changed a need: {need}."),
        "answer_need": Message("{who} answered a need in time: {need}."),
        "cancel_need": Message("{who} called off a need: {need}."),
        "import_need": Message("{who} imported a need: {need}."),
        "set_answer_limits": Message("{who} set how soon needs must be answered."),
    },
    Group.places: {
        "apply": Message("{who} asked for a place in {need}."),
        "apply_together": Message("{who} asked for a place with friends in {need}."),
        "accept": Message("{who} accepted a place in {need}."),
        "decline": Message("{who} declined an invitation to {need}."),
        "withdraw": Message("{who} gave a place back in {need}."),
        "give_back": Message("{who} gave a place back in {need}, having withdrawn the consent."),
        "invite": Message("{who} invited somebody to {need}."),
        "invite_in_wave": Message("{who} invited somebody to {need} in a wave."),
        "end_question": Message("{who} ended an invitation to {need}, as all places were taken."),
        "begin_asking": Message("{who} began to ask people in waves for {need}."),
        "hold_asking": Message("{who} held the waves for {need}."),
        "go_on_asking": Message("{who} let the waves for {need} go on."),
        "end_asking": Message("{who} ended the waves for {need}."),
        "name_person": Message("{who} named somebody for {need}."),
        "confirm_application": Message("{who} confirmed a place in {need}."),
        "refuse_application": Message("{who} refused an application to {need}."),
        "cancel_participation": Message("{who} took a confirmed place back in {need}."),
        "start_group": Message("{who} started a group of friends for {need}."),
        "join_group": Message("{who} joined a group of friends for {need}."),
        "leave_group": Message("{who} left a group of friends for {need}."),
        "end_group": Message("{who} ended a group of friends for {need}."),
        "ask_dispatch": Message("{who} asked a team or an organization for places in {need}."),
        "accept_dispatch": Message("{who} took places on in {need}."),
        "decline_dispatch": Message("{who} could not take places on in {need}."),
        "hand_on_dispatch": Message("{who} handed places in {need} on to a team."),
        "release_dispatch": Message("{who} gave kept places back in {need}."),
        "withdraw_dispatch": Message(
            "{who} took back what was asked of a team or an organization in {need}."
        ),
        "expire_dispatch": Message("{who} ended what nobody had answered in time in {need}."),
        "end_hold": Message("{who} freed places that nobody was named for in {need}."),
        "end_dispatch": Message("{who} closed what a team or an organization had taken on in {need}."),
    },
    Group.looks: {
        "see_contact": Message("{who} looked at the contact data for {need}."),
        "see_member_contact": Message("{who} looked at the number of somebody in {team}."),
        "see_paper": Message("{who} looked at somebody's paper."),
        "see_document": Message("{who} looked at a paper of {organization}."),
    },
    Group.organizations: {
        "create_organization": Message("{who} entered {organization}."),
        "register_organization": Message("{who} began the registration of {organization}."),
        "edit_organization": Message("{who} changed what {organization} says about itself."),
        "submit_organization": Message("{who} handed in the registration of {organization}."),
        "hand_back_organization": Message("{who} sent the registration of {organization} back."),
        "verify_organization": Message("{who} verified {organization}."),
        "change_organization": Message("{who} changed {organization}, so that the bureau looks again."),
        "suspend_organization": Message("{who} suspended {organization}."),
        "appeal_organization": Message("{who} appealed against the suspension of {organization}."),
        "uphold_organization": Message("{who} upheld the suspension of {organization}."),
        "lift_organization": Message("{who} lifted the suspension of {organization}."),
        "withdraw_organization": Message("{who} withdrew the registration of {organization}."),
        "take_up_organization": Message("{who} took the registration of {organization} up again."),
        "add_document": Message("{who} added a paper of {organization}."),
        "remove_document": Message("{who} removed a paper of {organization}."),
        "enter_insurance": Message("{who} entered an insurance of {organization}."),
        "check_insurance": Message("{who} has seen the policy of {organization}."),
        "revoke_insurance": Message("{who} took an insurance of {organization} back."),
    },
    Group.people: {
        "add_member": Message("{who} made somebody a member of {organization}."),
        "end_membership": Message("{who} ended a membership in {organization}."),
        "invite_member": Message("{who} invited somebody into {organization}."),
        "decline_invitation": Message("{who} declined an invitation into {organization}."),
        "take_back_invitation": Message("{who} took back an invitation into {organization}."),
        "readmit_member": Message("{who} let a member of {organization} in again."),
        "register_person": Message("{who} registered somebody for {organization}."),
        "apply_roster": Message("{who} applied a roster of {organization}."),
        "undo_roster": Message("{who} undid a roster of {organization}."),
        "merge_people": Message("{who} brought two entries of one person together in {organization}."),
        "check_credential": Message("{who} checked somebody's paper."),
        "take_back_check": Message("{who} took the check of a paper back."),
    },
    Group.teams: {
        "found_team": Message("{who} founded {team}."),
        "propose_team": Message("{who} proposed a group of neighbours: {team}."),
        "agree_to_team": Message("{who} agreed to {team}."),
        "decline_team": Message("{who} did not agree to {team}."),
        "withdraw_agreement": Message("{who} took back the agreement to {team}."),
        "edit_team": Message("{who} changed {team}."),
        "end_team": Message("{who} ended {team}."),
        "ask_to_join_team": Message("{who} asked to join {team}."),
        "join_team_by_link": Message("{who} joined {team} by its link."),
        "invite_to_team": Message("{who} invited somebody to {team}."),
        "enter_team_member": Message("{who} entered a member of {team}."),
        "accept_team_invitation": Message("{who} accepted an invitation to {team}."),
        "decline_team_invitation": Message("{who} declined an invitation to {team}."),
        "accept_team_member": Message("{who} took somebody into {team}."),
        "decline_team_member": Message("{who} did not take somebody into {team}."),
        "remove_team_member": Message("{who} let somebody go from {team}."),
        "leave_team": Message("{who} left {team}."),
        "renew_team_link": Message("{who} renewed the link of {team}."),
        "renew_calendar_link": Message("{who} renewed their link to the calendar of {team}."),
        "set_team_role": Message("{who} changed a role in {team}."),
    },
    Group.conversations: {
        "write_message": Message("{who} wrote a message about {need}."),
        "publish_answer": Message("{who} published an answer about {need}."),
        "remove_answer": Message("{who} removed a published answer about {need}."),
        "report": Message("{who} reported something about {organization}."),
        "answer_report": Message("{who} answered a report about {organization}."),
        "block_by_volunteer": Message("{who} keeps away from {organization}."),
        "block_by_organization": Message("{who} asks somebody no more for {organization}."),
        "end_block_by_volunteer": Message("{who} is open to {organization} again."),
        "end_block_by_organization": Message("{who} may ask somebody for {organization} again."),
    },
    Group.suggestions: {
        "switch_matcher": Message("{who} chose another version of the matcher."),
    },
}
ACTS: Final[Mapping[str, Act]] = {
    action: Act(group, sentence) for group, acts in _SENTENCES.items() for action, sentence in acts.items()
}


def actions_of(group: Group) -> list[str]:
    return list(_SENTENCES[group])


def sentence_of(action: str) -> Message:
    """What is not named yet is still shown: nothing that was done stays out of the list."""
    act = ACTS.get(action)
    return act.sentence if act else UNNAMED
