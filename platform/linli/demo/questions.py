"""What people of the sample town ask about needs, what is answered, and one complaint."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.conversations import actions
from linli.conversations.actions import Reported
from linli.conversations.forms import PublicWords, ReportDraft
from linli.conversations.rules import Reason, Side, Subject
from linli.needs.models import Need
from linli.organizations.models import Organization

ASKED: Final = "我第一次来，请问要带什么吗？我可以早到十分钟。"
ANSWERED: Final = "什么都不用带，需要的东西社区都备好了。早到当然好，谢谢您。"
NOT_YET_ANSWERED: Final = "我奶奶也想一起来看看，可以吗？"
FOR_EVERYBODY: Final = PublicWords("第一次来，要带什么吗？", "什么都不用带，需要的东西社区都备好了。")
COMPLAINT: Final = ReportDraft(Reason.false_information, "页面上写的时间和小区通知上的不一样，请核对。")


async def ask_and_answer(
    session: AsyncSession,
    *,
    needs: Sequence[Need],
    people: Sequence[Account],
    officer: Account,
    organization: Organization,
    evening: datetime,
) -> None:
    """The first two needs of one committee: a question answered for everybody, one that waits, a report."""
    for need, person, text in zip(needs, people, (ASKED, NOT_YET_ANSWERED), strict=False):
        conversation = await actions.open_conversation(
            session, need_id=need.id, account_id=person.id, now=evening
        )
        await actions.write(
            session,
            conversation=conversation,
            side=Side.volunteer,
            author_id=person.id,
            text=text,
            language="zh",
            now=evening,
        )
        if text is not ASKED:
            continue
        later = evening + timedelta(minutes=20)
        await actions.write(
            session,
            conversation=conversation,
            side=Side.organization,
            author_id=officer.id,
            text=ANSWERED,
            language="zh",
            now=later,
        )
        await actions.publish_answer(
            session, need=need, words=FOR_EVERYBODY, account_id=officer.id, now=later
        )
        reported = Reported(Subject.need, Side.volunteer, organization, need_id=need.id)
        await actions.report(session, reported=reported, draft=COMPLAINT, reporter_id=person.id, now=later)
