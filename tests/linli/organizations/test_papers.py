"""Papers are sent, seen by whom they are for, renewed, and bounded."""

import tracemalloc
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.audit import AuditEntry
from linli.core.db import Database
from linli.core.web import uploads
from linli.core.web.csrf import new_form_token
from linli.core.web.security import cookie_name
from linli.notifications.models import Notice
from linli.organizations.jobs import JOBS
from linli.organizations.models import (
    Organization,
    OrganizationDocument,
)
from linli.organizations.rules import OrganizationKind as Kind
from linli.organizations.rules import Role
from tests.conftest import NOW, Visitor
from tests.factories import (
    make_document,
    make_member,
    make_organization,
)
from tests.linli.organizations.registering import (
    COUNTY,
    Desk,
    make_desk,
    photo,
    send_paper,
)

# At the head of the form, which leads to the field: hidden, for scripts, it stands on the page in any case.
TOO_LARGE = 'href="#field-file">这个文件超过10 MB'


@pytest.fixture
async def desk(session: AsyncSession) -> Desk:
    return await make_desk(session)


async def test_a_paper_is_seen_by_members_and_their_bureau_and_each_look_of_the_bureau_is_noted(
    visitor: Visitor, desk: Desk, session: AsyncSession
) -> None:
    charity = await make_organization(session, Kind.charity, division=COUNTY)
    member = await make_member(session, charity)
    elsewhere = await make_organization(session, Kind.bureau, division="522725")
    stranger = await make_member(session, elsewhere, role=Role.bureau_staff)
    paper = await make_document(session, charity)
    other_paper = await make_document(
        session, await make_organization(session, Kind.charity, division="522725")
    )
    await session.commit()
    own = f"/organizations/{charity.id}/documents/{paper.id}"
    of_bureau = f"/organizations/{desk.bureau.id}/register/{charity.id}/documents"

    async def looks() -> int:
        noted = select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "see_document")
        return await session.scalar(noted) or 0

    await visitor.sign_in(member)
    answer = await visitor.get(own)
    assert answer.content == b"%PDF-1.7"
    assert answer.headers["content-disposition"].startswith('attachment; filename="certificate-')
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert (await visitor.get(f"/organizations/{charity.id}/documents/{other_paper.id}")).status_code == 404
    assert await looks() == 0
    await visitor.sign_in(desk.clerk)
    assert (await visitor.get(f"{of_bureau}/{paper.id}")).status_code == 200
    assert (await visitor.get(f"{of_bureau}/{other_paper.id}")).status_code == 404
    assert (await visitor.get(own)).status_code == 404
    assert await looks() == 1
    await visitor.sign_in(stranger)
    for path in (own, f"{of_bureau}/{paper.id}"):
        assert (await visitor.get(path)).status_code == 404
    assert (
        await visitor.get(f"/organizations/{elsewhere.id}/register/{charity.id}/documents/{paper.id}")
    ).status_code == 404


async def test_a_file_that_is_no_paper_gets_a_sentence_and_is_not_kept(
    visitor: Visitor, desk: Desk, session: AsyncSession
) -> None:
    charity = await make_organization(session, Kind.charity, division=COUNTY)
    await visitor.sign_in(await make_member(session, charity))
    await session.commit()
    path = f"/organizations/{charity.id}"
    for content, sentence in (
        (b"#!/bin/sh\necho hello", "这都不是图片"),
        (b"", "请选择文件"),
        (b"%PDF-1.7 nothing", "打不开"),
        (b"%PDF-1.7" + b"x" * 10_000_001, TOO_LARGE),
    ):
        answer = await send_paper(visitor, path, content)
        assert (answer.status_code, sentence in answer.text) == (422, True)
    for typed, field in (
        ({"document_kind": "pony"}, "document_kind"),
        ({"expires_on": "2020-01-01"}, "expires_on"),
    ):
        answer = await send_paper(visitor, path, photo(), **typed)
        assert (answer.status_code, f'href="#field-{field}"' in answer.text) == (422, True)
    assert await session.scalar(select(func.count()).select_from(OrganizationDocument)) == 0


async def test_two_hundred_megabytes_bring_the_form_back_with_a_sentence_and_what_was_typed(
    visitor: Visitor, desk: Desk, session: AsyncSession
) -> None:
    charity = await make_organization(session, Kind.charity, division=COUNTY)
    await visitor.sign_in(await make_member(session, charity))
    await session.commit()
    tracemalloc.start()
    answer = await send_megabytes(visitor, charity, 200)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert answer.status_code == 422
    for part in (TOO_LARGE, 'id="field-file-error"', 'value="approval" selected', 'value="2027-05-01"'):
        assert part in answer.text
    assert peak < 60_000_000
    assert await session.scalar(select(func.count()).select_from(OrganizationDocument)) == 0


async def test_whoever_has_no_token_or_never_ends_learns_nothing_of_the_form(
    visitor: Visitor, desk: Desk, session: AsyncSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    charity = await make_organization(session, Kind.charity, division=COUNTY)
    await visitor.sign_in(await make_member(session, charity))
    await session.commit()
    assert (await send_megabytes(visitor, charity, 20, token="somebody else's")).status_code == 403
    monkeypatch.setattr(uploads, "MOST_LET_PASS", 15_000_000)
    answer = await send_megabytes(visitor, charity, 20)
    assert (answer.status_code, "太大" in answer.text) == (413, True)


async def send_megabytes(
    visitor: Visitor, charity: Organization, megabytes: int, token: str | None = None
) -> httpx.Response:
    """The form of the page with such a file, and no length announced."""
    own = new_form_token(visitor.settings.secret_key)
    visitor.cookies.set(cookie_name(visitor.settings, "csrf"), own)
    typed = {"_csrf_token": token or own, "document_kind": "approval", "expires_on": "2027-05-01"}

    async def body() -> AsyncIterator[bytes]:
        for name, value in typed.items():
            yield f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF-1.7'
        for _ in range(megabytes):
            yield b"\x00" * 1_000_000
        yield b"\r\n--x--\r\n"

    return await visitor.post(
        f"/organizations/{charity.id}/documents",
        content=body(),
        headers={"Content-Type": "multipart/form-data; boundary=x"},
    )


async def test_papers_are_few_and_can_be_removed(visitor: Visitor, desk: Desk, session: AsyncSession) -> None:
    charity = await make_organization(session, Kind.charity, division=COUNTY)
    await visitor.sign_in(await make_member(session, charity))
    papers = [await make_document(session, charity) for _ in range(10)]
    await session.commit()
    path = f"/organizations/{charity.id}"
    assert (await send_paper(visitor, path, photo())).status_code == 409
    remove = f"{path}/documents/{papers[0].id}/remove"
    assert [(await visitor.submit(remove)).status_code for _ in range(2)] == [303, 404]
    assert (await send_paper(visitor, path, photo())).status_code == 303


async def test_members_hear_once_thirty_days_before_a_paper_expires(
    desk: Desk, session: AsyncSession, database: Database, visitor: Visitor
) -> None:
    charity = await make_organization(session, Kind.charity, name="暖阳慈善会", division=COUNTY)
    member = await make_member(session, charity)
    for days in (29, 31):
        await make_document(session, charity, expires_on=NOW.date() + timedelta(days=days))
    await session.commit()
    [tell_renewals] = [job for job in JOBS if job.name == "organizations.tell_renewals"]
    assert [await tell_renewals.run(database, NOW) for _ in range(2)] == [1, 0]
    assert await tell_renewals.run(database, NOW + timedelta(days=2)) == 1
    told = select(func.count()).select_from(Notice).where(Notice.account_id == member.id)
    assert await session.scalar(told) == 2
    await visitor.sign_in(desk.clerk)
    due = await visitor.get(f"/organizations/{desk.bureau.id}/register?show=renewals")
    assert "暖阳慈善会" in due.text
