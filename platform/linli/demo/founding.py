"""Sample organizations register as people do, and the bureau answers them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.demo.needs import Diary
from linli.demo.organizations import Standing, draft_of
from linli.demo.papers import sample_certificate
from linli.demo.plan import SampleMember
from linli.organizations.actions import (
    add_document,
    add_member,
    answer_registration,
    create_organization,
    register_organization,
    submit_registration,
)
from linli.organizations.documents import DocumentKind
from linli.organizations.models import Organization
from linli.organizations.registration import Step
from linli.organizations.steps import take_step

FOUNDED_DAYS_AGO: Final = 160
# How many days ago it handed in, and the bureau's steps with their days.
HANDED_IN: Final = {Standing.waiting: 5, Standing.returned: 12}
ANSWERS: Final = {
    Standing.verified: ((Step.verify, FOUNDED_DAYS_AGO - 1),),
    Standing.waiting: (),
    Standing.returned: ((Step.hand_back, 3),),
    Standing.suspended: ((Step.verify, FOUNDED_DAYS_AGO - 1), (Step.suspend, 6)),
}


async def found_bureau(
    session: AsyncSession,
    member: SampleMember,
    account: Account,
    organizations: dict[str, Organization],
    *,
    now: datetime,
) -> None:
    """As the operator's command does for the first bureau; who comes later joins it."""
    planned = member.organization
    bureau = organizations.get(planned.name)
    if bureau is None:
        bureau = await create_organization(
            session,
            kind=planned.kind,
            name=planned.name,
            division=planned.division,
            phone=member.mobile,
            is_sample=True,
            account_id=None,
            now=now,
        )
        await take_step(session, Step.verify, bureau, account_id=None, now=now)
        organizations[planned.name] = bureau
    await add_member(
        session, organization=bureau, account=account, role=member.role, account_id=None, now=now
    )


@dataclass(frozen=True)
class Founding:
    session: AsyncSession
    diary: Diary
    bureau: Organization
    clerk: Account

    async def register(self, member: SampleMember, account: Account) -> Organization:
        """The form, a paper, handed in; then what the bureau has said so far."""
        planned = member.organization
        now = self.diary.at(-HANDED_IN.get(planned.standing, FOUNDED_DAYS_AGO), 10)
        draft = draft_of(planned, contact=member.name, mobile=member.mobile)
        organization = await register_organization(self.session, account=account, draft=draft, now=now)
        organization.is_sample = True
        await add_document(
            self.session,
            organization=organization,
            kind=DocumentKind.certificate,
            document=sample_certificate(),
            expires_on=self.diary.start + timedelta(days=planned.paper_days),
            account_id=account.id,
            now=now,
        )
        await submit_registration(
            self.session,
            organization=organization,
            version=organization.version,
            account_id=account.id,
            now=now,
        )
        for step, days_ago in ANSWERS[planned.standing]:
            await self._answer(organization, step, planned.reason, self.diary.at(-days_ago, 11))
        return organization

    async def _answer(self, organization: Organization, step: Step, reason: str, now: datetime) -> None:
        await answer_registration(
            self.session,
            step,
            organization=organization,
            bureau=self.bureau,
            version=organization.version,
            account_id=self.clerk.id,
            now=now,
            reason="" if step is Step.verify else reason,
        )
