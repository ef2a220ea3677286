"""What registering takes: a bureau with two clerks, somebody who registers, what they type and send."""

import io
from typing import Any

import httpx
from PIL import Image
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core.web.csrf import new_form_token
from linli.core.web.security import cookie_name
from linli.organizations.credit_codes import complete_credit_code
from linli.organizations.models import (
    Organization,
)
from linli.organizations.rules import OrganizationKind as Kind
from linli.organizations.rules import Role
from tests.conftest import Visitor
from tests.factories import (
    COMMUNITY,
    make_account,
    make_factor,
    make_member,
    make_organization,
)

COUNTY = COMMUNITY[:6]
CODE = complete_credit_code(f"53{COUNTY}", "MJ123456")
TYPED: dict[str, Any] = {
    "nature": "charity",
    "name": "暖阳慈善会",
    "credit_code": CODE,
    "community": "红花岗区",
    "division_of": "红花岗区",
    "division": COUNTY,
    "area": [COUNTY, "522725"],
    "fields": ["elderly_care", "children"],
    "skills": ["haircuts"],
    "readiness": "工作日有两名司机",
    "about": "陪伴独居老人。",
    "phone": "0851-2345678",
    "address": "北京路 1 号",
    "contact_name-0": "赵联系",
    "contact_phone-0": "13911112222",
    "contact_email-0": "Zhao@Example.org",
    "contact_name-1": "",
}


class Desk:
    bureau: Organization
    clerk: Account
    second_clerk: Account
    founder: Account


async def make_desk(session: AsyncSession) -> Desk:
    desk = Desk()
    desk.bureau = await make_organization(session, Kind.bureau, name="红花岗区民政局", division=COUNTY)
    desk.clerk = await make_member(session, desk.bureau, role=Role.bureau_staff)
    desk.second_clerk = await make_member(session, desk.bureau, role=Role.bureau_staff)
    desk.founder = await make_account(session, password_hash="a role counts only with a password")
    await make_factor(session, desk.founder)
    await session.commit()
    return desk


async def register(visitor: Visitor, **changed: Any) -> httpx.Response:
    answer = await visitor.submit("/organizations", TYPED | changed)
    if answer.status_code == 303:
        visitor.go_on_with(answer)
    return answer


async def send_paper(visitor: Visitor, organization: str, content: bytes, **typed: str) -> httpx.Response:
    name = cookie_name(visitor.settings, "csrf")
    if name not in visitor.cookies:
        visitor.cookies.set(name, new_form_token(visitor.settings.secret_key))
    return await visitor.post(
        f"{organization}/documents",
        data={"_csrf_token": visitor.cookies[name], "document_kind": "certificate"} | typed,
        files={"file": ("证书.pdf", content, "application/pdf")},
    )


def photo() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (60, 40), "white").save(made, "PNG")
    return made.getvalue()


async def version_of(session: AsyncSession, organization: str) -> str:
    query = select(Organization.version).where(Organization.id == organization.split("/")[2])
    return str(await session.scalar(query))
