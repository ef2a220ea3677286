"""What a handler may ask for by naming a parameter: session, caller, visitor, now, form, request."""

from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from litestar import Request
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, SkipValidation
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core import forms
from linli.core.web import security

Asked: TypeAlias = Request[Any, Any, Any]
Session: TypeAlias = NamedDependency[SkipValidation[AsyncSession]]
Caller: TypeAlias = NamedDependency[SkipValidation[security.Caller]]
Visitor: TypeAlias = NamedDependency[SkipValidation[security.Caller | None]]
Now: TypeAlias = NamedDependency[SkipValidation[datetime]]
Id: TypeAlias = FromPath[UUID]
PathText: TypeAlias = FromPath[str]
QueryText: TypeAlias = FromQuery[str]
Form: TypeAlias = NamedDependency[SkipValidation[forms.Form]]
