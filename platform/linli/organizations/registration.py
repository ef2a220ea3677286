"""From draft to verified and back: the states of a registration, and the steps between them.

One table says what may follow what. Everything that happens to a registration is a step of it, kept with its
reason (`RegistrationStep`), so that both sides can read what was said.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from linli.core.i18n import Message


class RegistrationState(StrEnum):
    draft = "draft"
    submitted = "submitted"
    returned = "returned"
    verified = "verified"
    suspended = "suspended"
    appealed = "appealed"
    withdrawn = "withdrawn"


class Step(StrEnum):
    submit = "submit"
    hand_back = "hand_back"
    verify = "verify"
    change = "change"
    suspend = "suspend"
    appeal = "appeal"
    uphold = "uphold"
    lift = "lift"
    withdraw = "withdraw"
    take_up = "take_up"


_S = RegistrationState
# 慈善法 2023, art. 10: civil affairs decides on an application, and gives the reasons of a refusal in
# writing. Who is restrained is heard, and may complain (行政处罚法 2021, art. 7).
NEXT: Final[Mapping[tuple[RegistrationState, Step], RegistrationState]] = {
    (_S.draft, Step.submit): _S.submitted,
    (_S.returned, Step.submit): _S.submitted,
    (_S.submitted, Step.hand_back): _S.returned,
    (_S.submitted, Step.verify): _S.verified,
    (_S.verified, Step.change): _S.submitted,
    (_S.verified, Step.suspend): _S.suspended,
    (_S.suspended, Step.appeal): _S.appealed,
    (_S.appealed, Step.uphold): _S.suspended,
    (_S.suspended, Step.lift): _S.verified,
    (_S.appealed, Step.lift): _S.verified,
    (_S.draft, Step.withdraw): _S.withdrawn,
    (_S.submitted, Step.withdraw): _S.withdrawn,
    (_S.returned, Step.withdraw): _S.withdrawn,
    (_S.withdrawn, Step.take_up): _S.draft,
}
STATE_NAMES: Final[Mapping[RegistrationState, Message]] = {
    _S.draft: Message("Draft of a registration"),
    _S.submitted: Message("Waits for the bureau"),
    _S.returned: Message("Sent back to be corrected"),
    _S.verified: Message("Verified"),
    _S.suspended: Message("Suspended"),
    _S.appealed: Message("Suspended, appealed"),
    _S.withdrawn: Message("Registration withdrawn"),
}
STEP_NAMES: Final[Mapping[Step, Message]] = {
    Step.submit: Message("Handed in"),
    Step.hand_back: Message("Sent back"),
    Step.verify: Message("Verified"),
    Step.change: Message("Changed, so that the bureau looks again"),
    Step.suspend: Message("Suspended"),
    Step.appeal: Message("Appealed"),
    Step.uphold: Message("Suspension upheld"),
    Step.lift: Message("Suspension lifted"),
    Step.withdraw: Message("Withdrawn"),
    Step.take_up: Message("Taken up again"),
}
WITH_REASON: Final = frozenset({Step.hand_back, Step.suspend, Step.appeal, Step.uphold, Step.lift})
WAIT_FOR_THE_BUREAU: Final = (_S.submitted, _S.appealed)
# In these the social credit code is taken: a draft must not keep the real owner of a code out.
HOLD_THEIR_CODE: Final = (_S.submitted, _S.verified, _S.suspended, _S.appealed)
PUBLIC_STATES: Final = frozenset({_S.verified, _S.suspended, _S.appealed})
SUSPENDED_STATES: Final = frozenset({_S.suspended, _S.appealed})
# What a bureau looks at when it verifies: a change of these needs another look (docs/adr/0023).
LOOKED_AT: Final = ("kind", "sub_kind", "name", "credit_code", "division")
# 慈善法 2023, art. 10, gives civil affairs thirty days.
DECIDE_WITHIN: Final = timedelta(days=30)
CLAIM_LASTS: Final = timedelta(minutes=30)
RENEW_WITHIN: Final = timedelta(days=30)
MOST_UNVERIFIED: Final = 5
INVITED_FOR: Final = timedelta(days=14)
INVITATIONS_KEPT: Final = timedelta(days=30)
# Open at once; fewer before a bureau knows who it is that writes to strangers.
MOST_INVITED: Final = 50
MOST_INVITED_UNVERIFIED: Final = 5
MOST_REASON: Final = 1000


def state_after(state: RegistrationState, step: Step) -> RegistrationState | None:
    """Where a step leads.

    Parameters
    ----------
    state : RegistrationState
        Where the registration stands.
    step : Step

    Returns
    -------
    RegistrationState or None
        None where the step cannot be taken from there.

    Examples
    --------
    >>> state_after(RegistrationState.submitted, Step.verify).value
    'verified'
    >>> state_after(RegistrationState.draft, Step.verify) is None
    True
    """
    return NEXT.get((state, step))


def refuse_step(state: RegistrationState, step: Step) -> Message | None:
    """Why a step cannot be taken from this state, or None.

    Examples
    --------
    >>> refuse_step(RegistrationState.suspended, Step.appeal) is None
    True
    >>> refuse_step(RegistrationState.draft, Step.appeal).in_language("en")
    'This cannot be done now. The registration stands at: Draft of a registration.'
    """
    if state_after(state, step):
        return None
    return Message("This cannot be done now. The registration stands at: {state}.", state=STATE_NAMES[state])


def is_overdue(submitted_at: datetime, now: datetime) -> bool:
    """Whether a registration has waited longer than the bureau has time.

    Examples
    --------
    >>> from datetime import UTC
    >>> monday = datetime(2026, 11, 23, 8, tzinfo=UTC)
    >>> is_overdue(monday, monday + timedelta(days=30)), is_overdue(monday, monday + timedelta(days=31))
    (False, True)
    """
    return now - submitted_at > DECIDE_WITHIN


def claim_is_live(claimed_at: datetime | None, now: datetime) -> bool:
    """Whether somebody who opened a registration to decide on it still keeps others from it.

    Examples
    --------
    >>> from datetime import UTC
    >>> monday = datetime(2026, 11, 23, 8, tzinfo=UTC)
    >>> claim_is_live(monday, monday + timedelta(minutes=29)), claim_is_live(None, monday)
    (True, False)
    """
    return claimed_at is not None and now - claimed_at < CLAIM_LASTS
