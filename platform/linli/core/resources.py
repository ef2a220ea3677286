"""Where templates and seed lie: an override, then the installed package, then the checkout."""

import os
from functools import cache
from importlib.resources import files
from pathlib import Path


def resource_folder(name: str) -> Path:
    """
    >>> resource_folder("templates").name
    'templates'
    """
    override = os.environ.get(f"LINLI_{name.upper()}_DIR")
    return Path(override) if override else _own_folder(name)


@cache
def _own_folder(name: str) -> Path:
    package = Path(str(files("linli")))
    packaged = package / "_data" / name
    return packaged if packaged.is_dir() else package.parent.parent / name
