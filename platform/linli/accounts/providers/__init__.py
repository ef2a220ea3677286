"""Signing in with an account one already has elsewhere: a city's or a province's OpenID provider."""

from linli.accounts.providers.client import Client, ProviderFailed
from linli.accounts.providers.settings import Provider, read_providers

__all__ = ["Client", "Provider", "ProviderFailed", "read_providers"]
