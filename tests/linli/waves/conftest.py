from datetime import datetime

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from tests.linli.waves.factories import Square, make_square


@pytest.fixture
async def square(session: AsyncSession, now: datetime) -> Square:
    return await make_square(session, now)
