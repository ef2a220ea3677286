"""Our cookies, all set and dropped in one way: a `__Host-` cookie needs Secure and the path / both times."""

from typing import Any

from litestar import Response
from litestar.datastructures import Cookie

from linli.core.config import Settings
from linli.core.web.security import cookie_name, is_https


def keep_cookie(response: Response[Any], settings: Settings, name: str, value: str, *, seconds: int) -> None:
    response.set_cookie(
        Cookie(
            key=cookie_name(settings, name),
            value=value,
            max_age=seconds,
            httponly=True,
            secure=is_https(settings),
            samesite="lax",
            path="/",
        )
    )


def drop_cookie(response: Response[Any], settings: Settings, name: str) -> None:
    keep_cookie(response, settings, name, "", seconds=0)
