"""Every refusal and failure as an answer: status, a sentence in the person's language, a reference number."""

from typing import Any

import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from linli.core import errors
from linli.core.db import is_unavailable
from linli.core.i18n import HTML_LANGUAGES, Message
from linli.core.web.bodies import CHECK_THIS
from linli.core.web.security import is_api
from linli.core.web.sessions import DeadlinePassed
from linli.core.web.templating import locale_of, render

log = structlog.get_logger("linli.errors")

STATUSES: dict[type[errors.Refusal], int] = {
    errors.NotFound: 404,
    errors.NotSignedIn: 401,
    errors.NotPermitted: 403,
    errors.Conflict: 409,
    errors.Invalid: 422,
    errors.TooMany: 429,
}
SENTENCES: dict[int, Message] = {
    400: Message("We could not read what was sent. Please go back and try again."),
    403: errors.NotPermitted().sentence,
    404: errors.NotFound().sentence,
    405: Message("This address cannot be used in this way."),
    408: Message("What you sent took too long to arrive. Please try again where the connection is better."),
    409: Message(
        "Somebody else changed this at the same moment. Please look again and repeat what you wanted to do."
    ),
    413: Message("This is too large to send. Please shorten the text or choose a smaller file."),
    415: Message("Please send JSON, with the header Content-Type: application/json."),
    500: Message(
        "Something is wrong on our side. What you typed may not have been kept. We have made a note of it."
    ),
    503: Message("Linli cannot answer just now. Please try again in a moment."),
}
KEY_FIRST = Message("Please send an access key in the header, as in Authorization: Bearer KEY.")
# A text with NUL, a number beyond 64 bits, JSON nested without end: what was sent, not what we did.
UNREADABLE = (RecursionError, UnicodeError, OverflowError, DataError)


def answer_refusal(request: Request[Any, Any, Any], refusal: errors.Refusal) -> Response[Any]:
    status = next(status for kind, status in STATUSES.items() if isinstance(refusal, kind))
    response = _answer(request, status, refusal.sentence, fields=getattr(refusal, "errors", None))
    if isinstance(refusal, errors.TooMany):
        response.headers["Retry-After"] = str(refusal.retry_after_seconds)
    return response


def answer_http(request: Request[Any, Any, Any], failure: HTTPException) -> Response[Any]:
    status = failure.status_code
    if is_api(request.scope) and isinstance(failure, ValidationException):
        return _problem(request, 422, CHECK_THIS, fields=_unfit(failure))
    response = _answer(request, status, SENTENCES.get(status) or SENTENCES[400 if status < 500 else 500])
    for name, value in (failure.headers or {}).items():
        response.headers[name] = value
    if status == 503:
        response.headers["Retry-After"] = "5"
    return response


def answer_unexpected(request: Request[Any, Any, Any], failure: Exception) -> Response[Any]:
    if is_unavailable(failure):
        log.warning("unavailable", kind=type(failure).__name__)
        return answer_http(request, DeadlinePassed())
    if isinstance(failure, (StaleDataError, IntegrityError)):
        log.warning("overtaken", kind=type(failure).__name__, exc_info=failure)
        return _answer(request, 409, SENTENCES[409])
    if isinstance(failure, UNREADABLE) or isinstance(getattr(failure, "orig", None), UNREADABLE):
        log.warning("unreadable", kind=type(failure).__name__, exc_info=failure)
        return _answer(request, 400, SENTENCES[400])
    log.error("failed", exc_info=failure)
    return _answer(request, 500, SENTENCES[500])


def _answer(
    request: Request[Any, Any, Any],
    status: int,
    sentence: Message,
    *,
    fields: dict[str, Message] | None = None,
) -> Response[Any]:
    if is_api(request.scope):
        return _problem(request, status, KEY_FIRST if status == 401 else sentence, fields=fields)
    reference = request.scope["state"].get("reference", "") if status >= 500 else ""
    if "application/json" in request.headers.get("accept", ""):
        language = locale_of(request)
        told: dict[str, Any] = {"error": sentence.in_language(language)}
        if reference:
            told["reference"] = reference
        if fields:
            told["fields"] = {name: each.in_language(language) for name, each in fields.items()}
        return Response(told, status_code=status, media_type="application/json")
    values = {"refusal": sentence, "refusal_status": status, "reference": reference}
    template = "errors/not_signed_in.html" if status == 401 else "errors/error.html"
    return render(request, template, status=status, **values)


def _problem(
    request: Request[Any, Any, Any], status: int, sentence: Message, *, fields: dict[str, Message] | None
) -> Response[Any]:
    """What a program is told (RFC 9457), in the words of who stands behind it."""
    language = locale_of(request)
    told: dict[str, Any] = {
        "type": "about:blank",
        "title": sentence.in_language(language),
        "status": status,
        "reference": request.scope["state"].get("reference", ""),
    }
    if fields:
        told["fields"] = {name: each.in_language(language) for name, each in fields.items()}
    response = Response(told, status_code=status, media_type="application/problem+json")
    response.headers["Content-Language"] = HTML_LANGUAGES[language]
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _unfit(failure: ValidationException) -> dict[str, Message]:
    """The fields that could not be read; what the library says of them stays here."""
    extra = failure.extra if isinstance(failure.extra, list) else []
    return {str(each.get("key") or ""): CHECK_THIS for each in extra if isinstance(each, dict)}


def handlers() -> dict[Any, Any]:
    return {
        errors.Refusal: answer_refusal,
        HTTPException: answer_http,
        Exception: answer_unexpected,
    }
