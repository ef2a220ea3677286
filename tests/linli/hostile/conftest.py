"""Quick hashes, and a provider that answers nobody."""

from collections.abc import Iterator

import pytest

from linli.accounts.providers import Client
from linli.core.web.application import Application
from tests.linli.accounts.conftest import quick_hashes
from tests.linli.accounts.providers.standing import provider_at
from tests.linli.hostile.scenes import PROVIDER

__all__ = ["quick_hashes"]


@pytest.fixture(autouse=True)
def a_provider_that_is_gone(app: Application) -> Iterator[None]:
    app.state.providers = {"city": Client(provider_at(PROVIDER))}
    yield
    app.state.providers = {}
