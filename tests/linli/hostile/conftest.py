"""An application that waits for a busy machine, quick hashes, and a provider that answers nobody."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from linli.accounts.providers import Client
from linli.app import create_app
from linli.core.config import Settings
from linli.core.web.application import Application
from tests.conftest import DatabaseOfTheTest
from tests.linli.accounts.conftest import quick_hashes
from tests.linli.accounts.providers.standing import provider_at
from tests.linli.hostile.scenes import PROVIDER

__all__ = ["quick_hashes"]


@pytest.fixture(scope="session")
def application(settings: Settings, any_database: DatabaseOfTheTest) -> Application:
    """Whether a request is slow is measured here by the work it makes, not by who else is at work."""
    return create_app(replace(settings, request_seconds=120.0), any_database)


@pytest.fixture(autouse=True)
def a_provider_that_is_gone(app: Application) -> Iterator[None]:
    app.state.providers = {"city": Client(provider_at(PROVIDER))}
    yield
    app.state.providers = {}
