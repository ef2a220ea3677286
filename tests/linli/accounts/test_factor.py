"""One's own second factor: set up on a phone, changed, its paper renewed, switched off."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from linli.accounts import factor
from linli.accounts.models import Account, RecoveryCode, SecondFactor, SignInSession, TrustedDevice
from linli.accounts.passwords import hash_password
from linli.core import clock
from linli.core.audit import AuditEntry
from linli.core.config import DEVELOPMENT_SECRET
from linli.core.db import Database
from linli.notifications.models import Notice
from linli.organizations.models import Membership, Organization
from linli.organizations.rules import Role
from tests.conftest import NOW, Visitor
from tests.factories import make_account, make_organization
from tests.linli.accounts.entering import EMAIL, MOBILE, PASSWORD, count

HERE = "/me/account/second-step"


@pytest.fixture
async def account(database: Database) -> Account:
    hashed = await hash_password(PASSWORD)
    async with database.transaction() as session:
        return await make_account(session, mobile=MOBILE, email=EMAIL, password_hash=hashed, language="en")


async def give_role(database: Database, account: Account) -> Organization:
    async with database.transaction() as session:
        committee = await make_organization(session)
        session.add(
            Membership(
                account_id=account.id, organization_id=committee.id, role=Role.officer, since=clock.now()
            )
        )
        return committee


async def kept_factor(database: Database, account: Account) -> SecondFactor | None:
    async with database.session(writes=False) as session:
        return await session.get(SecondFactor, account.id)


def code_of(secret: str, *, later: int = 0) -> str:
    return factor.code_at(secret, factor.step_of(clock.now()) + later)


async def begin(visitor: Visitor) -> str:
    """Password, then the page with the picture: the secret as it is typed from there."""
    answer = await visitor.submit(HERE, {"password": PASSWORD})
    assert answer.headers["location"] == f"{HERE}/new"
    page = (await visitor.get(f"{HERE}/new")).text
    assert 'src="data:image/svg+xml' in page
    found = re.search(r'class="number key">([A-Z2-7 ]+)<', page)
    assert found
    assert all(len(group) == 4 for group in found[1].split())
    return found[1].replace(" ", "")


async def set_up(visitor: Visitor) -> tuple[str, list[str]]:
    """The secret in the app, and the recovery codes on the page."""
    secret = await begin(visitor)
    answer = await visitor.submit(f"{HERE}/new", {"code": code_of(secret)})
    assert answer.status_code == 200
    return secret, codes_on(answer.text)


def codes_on(page: str) -> list[str]:
    return re.findall(r'<li><span class="number">([A-Z0-9 ]+)</span>', page)


async def test_an_app_is_set_up_with_password_picture_and_first_code(
    visitor: Visitor, account: Account
) -> None:
    await visitor.sign_in(account, with_factor=False)
    _, codes = await set_up(visitor)
    assert len(set(codes)) == 10
    kept = await kept_factor(visitor.database, account)
    assert kept is not None
    assert kept.confirmed_at is not None
    assert kept.new_secret is None
    assert "switched on" in (await visitor.get("/me/account")).text
    async with visitor.database.session(writes=False) as session:
        assert "accounts.set_factor" in set(await session.scalars(select(AuditEntry.action)))
        assert (await session.scalars(select(Notice.event))).all() == ["accounts.factor"]


async def test_the_secret_and_the_codes_are_not_to_be_read_in_the_database(
    visitor: Visitor, account: Account
) -> None:
    await visitor.sign_in(account, with_factor=False)
    secret, codes = await set_up(visitor)
    kept = await kept_factor(visitor.database, account)
    assert kept is not None
    assert kept.secret is not None
    assert secret not in kept.secret
    assert factor.unsealed(DEVELOPMENT_SECRET, kept.secret) == secret
    assert factor.unsealed("another key of the house", kept.secret) is None
    async with visitor.database.session(writes=False) as session:
        hashes = (await session.scalars(select(RecoveryCode.code_hash))).all()
    assert not {code.replace(" ", "") for code in codes} & set(hashes)


async def test_a_wrong_first_code_sets_nothing_up_and_says_so_at_the_field(
    visitor: Visitor, account: Account
) -> None:
    await visitor.sign_in(account, with_factor=False)
    secret = await begin(visitor)
    for typed in (code_of(secret, later=5), "", "abc", "١٢٣٤٥٦", "\x00"):
        answer = await visitor.submit(f"{HERE}/new", {"code": typed})
        assert answer.status_code == 422
        assert "This code does not work." in answer.text
    kept = await kept_factor(visitor.database, account)
    assert kept is not None
    assert kept.confirmed_at is None
    assert await count(visitor.database, RecoveryCode) == 0


async def test_a_picture_that_was_shown_too_long_ago_no_longer_counts(
    visitor: Visitor, account: Account
) -> None:
    await visitor.sign_in(account, with_factor=False)
    secret = await begin(visitor)
    clock.move(timedelta(minutes=16))
    answer = await visitor.submit(f"{HERE}/new", {"code": code_of(secret)})
    assert answer.status_code == 422
    assert "too long" in answer.text
    assert secret not in answer.text.replace(" ", "")


@pytest.mark.parametrize("path", ["", "/codes", "/off"])
async def test_nothing_changes_without_the_password(visitor: Visitor, account: Account, path: str) -> None:
    await visitor.sign_in(account, with_factor=False)
    await set_up(visitor)
    before = await kept_factor(visitor.database, account)
    answer = await visitor.submit(HERE + path, {"password": "something else entirely"})
    assert answer.status_code == 422
    assert "This is not your password." in answer.text
    after = await kept_factor(visitor.database, account)
    assert before is not None
    assert after is not None
    assert (after.secret, after.new_secret) == (before.secret, None)


async def test_who_has_no_password_chooses_one_first(visitor: Visitor, account: Account) -> None:
    async with visitor.database.transaction() as session:
        (await session.get_one(Account, account.id)).password_hash = None
    await visitor.sign_in(account, with_factor=False)
    assert "/me/account/password?next=/me/account/second-step" in (await visitor.get(HERE)).text
    assert (await visitor.submit(HERE, {"password": ""})).status_code == 409


async def test_a_role_counts_from_the_first_code_on_and_older_sessions_end(
    visitor: Visitor, another_visitor: Visitor, account: Account
) -> None:
    committee = await give_role(visitor.database, account)
    desk = f"/organizations/{committee.id}/desk"
    for each in (visitor, another_visitor):
        await each.sign_in(account, with_factor=False)
        answer = await each.get(desk)
        assert answer.status_code == 403
        assert "second step" in answer.text
        assert f'href="{HERE}"' in answer.text
    await set_up(visitor)
    assert (await visitor.get(desk)).status_code == 200
    assert (await another_visitor.get(desk)).status_code == 401


async def test_a_new_phone_ends_what_rested_on_the_old_one(
    visitor: Visitor, another_visitor: Visitor, account: Account
) -> None:
    await visitor.sign_in(account, with_factor=False)
    old, old_codes = await set_up(visitor)
    await another_visitor.sign_in(account)
    async with visitor.database.transaction() as session:
        session.add(
            TrustedDevice(
                account_id=account.id,
                token_hash="x",
                device="",
                created_at=NOW,
                last_used_at=NOW,
                expires_at=NOW + timedelta(days=1),
            )
        )
    new = await begin(visitor)
    kept = await kept_factor(visitor.database, account)
    assert kept is not None
    assert factor.unsealed(DEVELOPMENT_SECRET, kept.secret) == old, "until the first code of the new one"
    answer = await visitor.submit(f"{HERE}/new", {"code": code_of(new)})
    assert not set(codes_on(answer.text)) & set(old_codes)
    assert await count(visitor.database, TrustedDevice) == 0
    assert await count(visitor.database, SignInSession) == 1
    assert (await another_visitor.get("/me/account")).status_code == 401
    assert (await visitor.get("/me/account")).status_code == 200


async def test_new_recovery_codes_replace_all_older_ones(visitor: Visitor, account: Account) -> None:
    await visitor.sign_in(account, with_factor=False)
    _, old = await set_up(visitor)
    answer = await visitor.submit(f"{HERE}/codes", {"password": PASSWORD})
    new = codes_on(answer.text)
    assert len(new) == 10
    assert not set(new) & set(old)
    assert await count(visitor.database, RecoveryCode) == 10
    assert "10 of ten are left." in (await visitor.get(HERE)).text
    assert new[0] not in (await visitor.get(HERE)).text, "shown once"


async def test_volunteers_switch_it_off_and_who_holds_a_role_does_not(
    visitor: Visitor, account: Account
) -> None:
    await visitor.sign_in(account, with_factor=False)
    await set_up(visitor)
    committee = await give_role(visitor.database, account)
    assert (await visitor.submit(f"{HERE}/off", {"password": PASSWORD})).status_code == 409
    assert await kept_factor(visitor.database, account) is not None
    async with visitor.database.transaction() as session:
        membership = (
            await session.scalars(select(Membership).where(Membership.organization_id == committee.id))
        ).one()
        membership.ended_at = clock.now()
    answer = await visitor.submit(f"{HERE}/off", {"password": PASSWORD})
    assert answer.headers["location"] == "/me/account"
    assert await kept_factor(visitor.database, account) is None
    assert await count(visitor.database, RecoveryCode) == 0
    assert (await visitor.get("/me/account")).status_code == 200


async def test_an_unfinished_factor_is_forgotten(visitor: Visitor, account: Account) -> None:
    from linli.accounts.jobs import forget_expired

    await visitor.sign_in(account, with_factor=False)
    await begin(visitor)
    await forget_expired(visitor.database, clock.now())
    assert await kept_factor(visitor.database, account) is not None
    await forget_expired(visitor.database, clock.now() + timedelta(minutes=16))
    assert await kept_factor(visitor.database, account) is None


def test_codes_are_those_of_the_standard() -> None:
    """RFC 6238, appendix B, the last six of the eight digits."""
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    for moment, digits in ((59, "287082"), (1111111109, "081804"), (20000000000, "353130")):
        assert factor.code_at(secret, moment // 30) == digits
