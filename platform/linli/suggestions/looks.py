"""How often an organization may look who could come: often enough to fill a form, too seldom to search by it.

Counted in this process and for ten minutes, so that it never grows.
"""

from collections import OrderedDict, deque
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

MOST_LOOKS: Final = 60
WINDOW: Final = timedelta(minutes=10)
MOST_KEPT: Final = 10_000

_looks: OrderedDict[UUID, deque[datetime]] = OrderedDict()


def may_look(organization_id: UUID, now: datetime) -> bool:
    """Whether it may look once more; a look that is allowed is counted."""
    looks = _looks.setdefault(organization_id, deque(maxlen=MOST_LOOKS))
    _looks.move_to_end(organization_id)
    while len(_looks) > MOST_KEPT:
        _looks.popitem(last=False)
    if len(looks) == MOST_LOOKS and now - looks[0] < WINDOW:
        return False
    looks.append(now)
    return True


def forget_looks() -> None:
    _looks.clear()
