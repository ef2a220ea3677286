"""Sample insurances: what lets people come to work with a risk, and one whose paper nobody has seen yet."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from linli.core import seed
from linli.insurance.forms import InsuranceDraft
from linli.insurance.rules import Cover

INSURERS: Final = ("乡邻财产保险（样例）", "黔山人寿保险（样例）")


def sample_insurances(number: int, start: date) -> Iterator[InsuranceDraft]:
    """For the organization with this running number."""
    yield InsuranceDraft(
        need_id=None,
        insurer=INSURERS[0],
        policy_number=f"SAMPLE-{start.year}-{number:03d}",
        starts_on=start - timedelta(days=60),
        ends_on=start + timedelta(days=304),
        covers=Cover.everybody,
        risk_kinds=tuple(seed.risk_kinds()),
        is_seen=True,
    )
    yield InsuranceDraft(
        need_id=None,
        insurer=INSURERS[1],
        policy_number=f"SAMPLE-{start.year + 1}-{number:03d}",
        starts_on=start + timedelta(days=305),
        ends_on=start + timedelta(days=669),
        covers=Cover.own_people,
        risk_kinds=("disaster_site", "heavy_loads"),
        is_seen=False,
    )
