"""The bureau's page of the matcher's versions: what stands there, and the way back."""

import re
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.audit import AuditEntry
from linli.organizations.models import Organization
from linli.organizations.rules import OrganizationKind, Role
from linli.participation.rules import State
from linli.suggestions.learning.queries import Use, use_of, versions
from linli.suggestions.matcher import matcher
from linli.suggestions.models import MatcherVersion, ShownList
from linli.suggestions.serving import forget_serving, serving
from tests.conftest import Visitor
from tests.factories import make_member, make_organization, make_participation
from tests.linli.suggestions.factories import make_asking_need, make_helper
from tests.linli.suggestions.versions import a_comparison, make_version, ranker_that_weighs


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    forget_serving()


async def make_bureau(session: AsyncSession) -> Organization:
    return await make_organization(session, kind=OrganizationKind.bureau, division="520302")


async def sign_in(visitor: Visitor, session: AsyncSession, bureau: Organization, role: Role) -> str:
    await visitor.sign_in(await make_member(session, bureau, role=role))
    return f"/organizations/{bureau.id}/matcher"


async def two_versions(session: AsyncSession, now: datetime) -> tuple[MatcherVersion, MatcherVersion]:
    old = await make_version(
        session, now, ranker_that_weighs(field=2.0), serves=False, made_at=now - timedelta(days=8)
    )
    return old, await make_version(session, now)


@pytest.mark.parametrize("role", [Role.bureau_staff, Role.auditor])
async def test_the_page_shows_the_version_that_serves_with_its_figures(
    visitor: Visitor, session: AsyncSession, now: datetime, role: Role
) -> None:
    await two_versions(session, now)
    page = await visitor.get(await sign_in(visitor, session, await make_bureau(session), role))
    assert page.status_code == 200
    compared = a_comparison()
    for number in (compared.new.log_loss, compared.old.log_loss, compared.log_loss_difference.low):
        assert f"{number:.3f}".rstrip("0") in page.text.replace("−", "-")
    assert page.text.count('<circle class="plot-dot"') == len(compared.new.bins)
    assert compared.plain is not None
    rows = len(compared.new.bins) + len(compared.plain.bins)
    assert page.text.count('data-label="邀请次数"') == rows
    assert "比前一版更好" in page.text
    assert "1,240" in page.text


async def test_without_a_version_it_says_what_to_do(visitor: Visitor, session: AsyncSession) -> None:
    page = await visitor.get(await sign_in(visitor, session, await make_bureau(session), Role.auditor))
    assert "linli train" in page.text
    assert "plot-dot" not in page.text


@pytest.mark.parametrize("which", ["old", "packaged"])
async def test_staff_go_back_to_a_version_and_it_is_noted(
    visitor: Visitor, session: AsyncSession, now: datetime, which: str
) -> None:
    old, new = await two_versions(session, now)
    bureau = await make_bureau(session)
    address = await sign_in(visitor, session, bureau, Role.bureau_staff)
    target = str(old.id) if which == "old" else ""
    page = await visitor.get(f"{address}?version={target or 'packaged'}")
    assert "退回这个版本" in page.text
    assert f'name="version" value="{target}"' in page.text
    seen = re.search(r'name="serves" value="([^"]+)"', page.text)
    assert seen is not None
    assert seen[1] == f"{matcher().version}+{new.name}"
    answer = await visitor.submit(address, {"version": target, "serves": seen[1]})
    assert answer.status_code == 303
    expected = f"{matcher().version}+{old.name}" if which == "old" else matcher().version
    assert (await serving(session)).version == expected
    entry = (await session.scalars(select(AuditEntry).where(AuditEntry.action == "switch_matcher"))).one()
    assert entry.organization_id == bureau.id
    again = await visitor.get(address)
    assert "使用这个版本" not in again.text
    forward = await visitor.get(f"{address}?version={new.id}")
    assert "使用这个版本" in forward.text
    audit = await visitor.get(f"/organizations/{bureau.id}/audit")
    assert "换用了另一个推荐版本" in audit.text


async def test_an_auditor_sees_no_button_and_cannot_switch(
    visitor: Visitor, session: AsyncSession, now: datetime
) -> None:
    old, _ = await two_versions(session, now)
    address = await sign_in(visitor, session, await make_bureau(session), Role.auditor)
    page = await visitor.get(f"{address}?version={old.id}")
    assert f'action="{address}"' not in page.text
    answer = await visitor.submit(address, {"version": str(old.id), "serves": "x"})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("division", "values", "decides"),
    [
        ("52", {}, False),
        ("5203", {}, False),
        ("52", {"verified_at": None}, True),
        ("53", {}, True),
        ("5227", {}, True),
        ("520302", {}, True),
        ("52", {"kind": OrganizationKind.station}, True),
    ],
)
async def test_a_bureau_decides_unless_another_stands_over_it(
    visitor: Visitor,
    session: AsyncSession,
    now: datetime,
    division: str,
    values: dict[str, Any],
    decides: bool,
) -> None:
    old, _ = await two_versions(session, now)
    kind = values.get("kind", OrganizationKind.bureau)
    other = await make_organization(session, **values | {"kind": kind, "division": division})
    address = await sign_in(visitor, session, await make_bureau(session), Role.bureau_staff)
    page = await visitor.get(f"{address}?version={old.id}")
    assert (f'action="{address}"' in page.text) is decides
    assert (f"由您单位的上级民政部门作出：{other.name}" in page.text) is not decides
    served = (await serving(session)).version
    answer = await visitor.submit(address, {"version": str(old.id), "serves": served})
    assert answer.status_code == (303 if decides else 403)
    assert (other.name in answer.text) is not decides


async def test_the_bureau_above_decides_for_those_below(
    visitor: Visitor, session: AsyncSession, now: datetime
) -> None:
    old, _ = await two_versions(session, now)
    await make_bureau(session)
    province = await make_organization(session, kind=OrganizationKind.bureau, division="52")
    address = await sign_in(visitor, session, province, Role.bureau_staff)
    served = (await serving(session)).version
    answer = await visitor.submit(address, {"version": str(old.id), "serves": served})
    assert answer.status_code == 303
    assert (await serving(session)).id == old.id


async def test_who_saw_another_version_serve_is_asked_to_look_again(
    visitor: Visitor, session: AsyncSession, now: datetime
) -> None:
    old, new = await two_versions(session, now)
    address = await sign_in(visitor, session, await make_bureau(session), Role.bureau_staff)
    answer = await visitor.submit(address, {"version": str(old.id), "serves": matcher().version})
    assert answer.status_code == 409
    assert "期间已换用别的版本" in answer.text
    assert (await serving(session)).id == new.id


@pytest.mark.parametrize(
    ("version", "status"), [("nonsense", 422), ("a7362a8c-7a6a-4d3e-8a86-a2d8fc53a1ac", 404)]
)
async def test_a_version_that_does_not_exist_changes_nothing(
    visitor: Visitor, session: AsyncSession, now: datetime, version: str, status: int
) -> None:
    _, new = await two_versions(session, now)
    address = await sign_in(visitor, session, await make_bureau(session), Role.bureau_staff)
    served = (await serving(session)).version
    answer = await visitor.submit(address, {"version": version, "serves": served})
    assert answer.status_code == status
    assert (await serving(session)).id == new.id


async def test_what_another_linli_learnt_cannot_serve(
    visitor: Visitor, session: AsyncSession, now: datetime
) -> None:
    other = await make_version(session, now, serves=False)
    await session.execute(update(MatcherVersion).values(ranker=b"of tomorrow"))
    address = await sign_in(visitor, session, await make_bureau(session), Role.bureau_staff)
    answer = await visitor.submit(address, {"version": str(other.id), "serves": matcher().version})
    assert answer.status_code == 409
    assert "在这里无法使用" in answer.text


async def test_the_page_asks_as_much_for_fifty_versions_as_for_two(
    visitor: Visitor, session: AsyncSession, now: datetime, statements: list[str]
) -> None:
    await two_versions(session, now)
    address = await sign_in(visitor, session, await make_bureau(session), Role.auditor)
    await visitor.get(address)  # the version that serves is read once
    counts = []
    for more in (0, 48):
        for n in range(more):
            ranker = ranker_that_weighs(time=0.1 + n / 10)
            await make_version(session, now, ranker, serves=False)
        statements.clear()
        assert (await visitor.get(address)).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 12
    page = await visitor.get(address)
    assert page.text.count('href="' + address + "?version=") == 51
    assert page.text.index("更早的版本") < page.text.index("与前一版比较")


async def test_lists_of_a_version_and_what_came_of_them_are_counted(
    session: AsyncSession, now: datetime
) -> None:
    _, serves = await two_versions(session, now)
    need, person = await make_asking_need(session), await make_helper(session)
    [shift] = need.shifts
    name = f"{matcher().version}+{serves.name}"
    for ago, of, whose in (
        (timedelta(days=3), name, {"shift_id": shift.id}),
        (timedelta(days=2), name, {"account_id": person.id}),
        (timedelta(days=9), name, {"account_id": person.id}),
        (timedelta(days=1), "another", {"account_id": person.id}),
    ):
        session.add(ShownList(matcher=of, made_at=now - ago, entries=[], digest="d", **whose))
    at = now - timedelta(days=2, hours=1)
    await make_participation(session, shift, person, State.declined, asked_at=at, created_at=at)
    at = now - timedelta(days=1, hours=1)
    await make_participation(session, shift, person, State.applied, created_at=at)
    [version] = [each for each in (await versions(session)).rows if each.serves]
    assert await use_of(session, version, now=now) == Use(lists=2, came=2)


async def test_the_page_says_how_chances_are_put_right_and_what_that_brought(
    visitor: Visitor, session: AsyncSession, now: datetime
) -> None:
    version = await make_version(session, now)
    address = await sign_in(visitor, session, await make_bureau(session), Role.auditor)
    page = await visitor.get(address)
    assert "所以没有校正" in page.text
    assert "校正带来的改变" in page.text
    assert page.text.count('class="plot-before"') == len(a_comparison().plain.bins)  # type: ignore[union-attr]
    values = {"shift": -0.5, "stretch": 1.0, "corrections": 2, "corrected_by": 1143, "corrected_at": now}
    await session.execute(update(MatcherVersion).where(MatcherVersion.id == version.id).values(values))
    page = await visitor.get(address)
    assert "1,143 次邀请的结果校正过" in page.text
    assert "50 改为 38" in page.text  # 1 / (1 + exp(0.5))
    assert "所以没有校正" not in page.text


async def test_what_was_judged_before_chances_were_put_right_is_shown_without_it(
    visitor: Visitor, session: AsyncSession, now: datetime
) -> None:
    """As an earlier Linli kept it."""
    kept = asdict(a_comparison())
    for name in ("brier_difference", "plain", "put_right_difference"):
        del kept[name]
    for figures in (kept["new"], kept["old"]):
        del figures["brier"], figures["error_by_luck"]
    await make_version(session, now, comparison=kept)
    page = await visitor.get(await sign_in(visitor, session, await make_bureau(session), Role.auditor))
    assert page.status_code == 200
    assert "校准误差" in page.text
    assert "校正带来的改变" not in page.text


async def test_lists_of_a_version_count_however_often_it_was_put_right(
    session: AsyncSession, now: datetime
) -> None:
    serves, person = await make_version(session, now, corrections=12), await make_helper(session)
    name = f"{matcher().version}+{serves.name}"
    for of in (name, f"{name}.1", f"{name}.12", f"{name}9.1", matcher().version):
        made = {"made_at": now - timedelta(days=1), "entries": [], "digest": of}
        session.add(ShownList(matcher=of, account_id=person.id, **made))
    await session.flush()
    [version] = [each for each in (await versions(session)).rows if each.serves]
    assert await use_of(session, version, now=now) == Use(lists=3, came=0)
