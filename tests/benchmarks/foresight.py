"""How long an officer waits for the numbers while writing a need: the whole request, in this process."""

import asyncio
from datetime import timedelta
from pathlib import Path

import httpx

from linli.app import create_app
from linli.core import clock
from linli.core.db import Database
from linli.suggestions.looks import forget_looks
from tests.benchmarks.measuring import Took, clocked_awaiting, show
from tests.benchmarks.pages import Filled, prepare

TIMES = 60
WARM_UP = 5


def measure(folder: Path) -> None:
    filled = asyncio.run(prepare(f"sqlite:///{folder / 'foresight.sqlite'}"))
    took = asyncio.run(looks(filled))
    show(
        f"Foresight, {filled.town.volunteers} volunteers (SQLite, in this process)",
        ("", "median ms", "p99 ms"),
        [("two times, two requirements, every relaxation", took.median_ms, took.p99_ms)],
    )


async def looks(filled: Filled) -> Took:
    """The same form again and again; how often one may look is not measured here."""
    database = Database(filled.settings)
    app = create_app(filled.settings, database)
    address = f"/organizations/{filled.town.organization_id}/needs/foresight"
    typed = form_of_a_need(filled)
    headers = filled.officer.headers | {"HX-Request": "true"}
    all_ms = []
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bench") as client:
        for _ in range(WARM_UP + TIMES):
            forget_looks()
            answer, seconds = await clocked_awaiting(client.post(address, data=typed, headers=headers))
            assert "foresight-counts" in answer.raise_for_status().text
            all_ms.append(seconds * 1000)
    await database.close()
    return Took(all_ms[WARM_UP:])


def form_of_a_need(filled: Filled) -> dict[str, str]:
    today = clock.now().astimezone(filled.settings.zone).date()
    typed = {
        "_csrf_token": filled.officer.form_token,
        "field_id": "elderly_care",
        "setting": "home",
        "minimum_age_years": "18",
        "skills_required": "driving",
        "credentials": "driving_licence",
    }
    for n in range(2):
        day = today + timedelta(days=5 + 2 * n)
        typed |= {f"day-{n}": day.isoformat(), f"from-{n}": "09:00", f"to-{n}": "11:00", f"places-{n}": "9"}
    return typed
