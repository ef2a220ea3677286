"""Who does what when several workers run the tests: a file on one database at a time, the longest first.

Stories in the browser stay together, because a server with its town is dear: one worker walks them on SQLite,
another on PostgreSQL. So do races, and the commands that read a town. Order and company change nothing about
a test: each runs alone as well.
"""

import re
from collections.abc import Collection
from typing import Final

from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

STORIES: Final = "tests/journeys"
RACES: Final = "tests/linli/participation/test_races.py"
DEMO: Final = "tests/linli/commands/test_demo.py"
# Files that share what is dear to make: two servers, or a town.
TOGETHER: Final = {
    "tests/linli/dispatch/test_races.py": RACES,
    "tests/linli/teams/test_races.py": RACES,
    "tests/linli/commands/test_matching.py": DEMO,
}
# Begun last, these would leave one worker busy and the others idle: seconds on one database, roughly.
LONG: Final = {
    STORIES: 200,
    "tests/linli/test_rights.py": 30,
    "tests/test_wheel.py": 30,
    "tests/linli/test_private_fields.py": 30,
    "tests/linli/hostile/test_forms.py": 30,
    RACES: 30,
    DEMO: 20,
    "tests/linli/demo/test_town.py": 15,
    "tests/linli/test_api.py": 15,
    "tests/linli/participation/test_kills.py": 15,
    "tests/linli/waves/test_races.py": 10,
    "tests/linli/waves/test_actions.py": 10,
    "tests/linli/commands/test_serving.py": 10,
    "tests/linli/organizations/test_documents.py": 10,
    "tests/linli/accounts/providers/test_sign_in.py": 10,
    "tests/linli/demo/test_plan.py": 10,
    "tests/matching/city/test_city.py": 10,
    "tests/matching/serve/test_serve.py": 10,
}


class LongestFirst(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    def _split_scope(self, nodeid: str) -> str:
        return unit_of(nodeid)

    def _assign_work_unit(self, node: WorkerController) -> None:
        longest = max(self.workqueue, key=lambda unit: seconds_of(unit, self.workqueue[unit]))
        self.workqueue.move_to_end(longest, last=False)
        super()._assign_work_unit(node)


def unit_of(nodeid: str) -> str:
    """What one worker does in one go."""
    file, _, test = nodeid.partition("::")
    database = re.search(r"[\[-](sqlite|postgresql)[\]-]", test)
    if database is None:
        return TOGETHER.get(file, file)
    return f"{STORIES if file.startswith(STORIES) else TOGETHER.get(file, file)} on {database[1]}"


def seconds_of(unit: str, tests: Collection[str]) -> float:
    return LONG.get(unit.partition(" on ")[0], len(tests) / 100)
