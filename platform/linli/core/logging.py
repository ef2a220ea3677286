"""Logs: one line per event, for people or as JSON, without anything personal."""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog
from structlog.types import Processor

from linli.core.config import Settings

Event = MutableMapping[str, Any]


def configure_logging(settings: Settings, to: TextIO = sys.stderr) -> None:
    """Once per process: our own events and those of the libraries leave in one form."""
    before = _before(settings)
    renderer = _renderer(settings, colors=to.isatty())
    structlog.configure(
        processors=[*before, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=lambda *_names: structlog.PrintLogger(to),
    )
    handler = logging.StreamHandler(to)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=before,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.root.handlers = [handler]
    logging.root.setLevel(logging.WARNING)
    logging.getLogger("uvicorn").setLevel(logging.INFO)


def _before(settings: Settings) -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        tell_failures_with_messages if not settings.is_production else tell_failures_without_messages,
    ]


def _renderer(settings: Settings, *, colors: bool) -> Processor:
    if settings.log_format == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.dev.ConsoleRenderer(colors=colors)


def tell_failures_with_messages(_logger: object, _method: str, event: Event) -> Event:
    if failure := _failure(event.pop("exc_info", None)):
        event["exception"] = "".join(traceback.format_exception(failure))
    return event


def tell_failures_without_messages(_logger: object, _method: str, event: Event) -> Event:
    """Where and what kind: the text of an error may hold what a person typed."""
    if failure := _failure(event.pop("exc_info", None)):
        event["exception"] = "\n".join(_places(failure))
    return event


def _failure(kept: object) -> BaseException | None:
    if isinstance(kept, BaseException):
        return kept
    if isinstance(kept, tuple):
        return kept[1] if isinstance(kept[1], BaseException) else None
    return sys.exc_info()[1] if kept else None


def _places(failure: BaseException) -> list[str]:
    """The cause first, each with the lines it passed through."""
    earlier = failure.__cause__ or failure.__context__
    passed = "".join(traceback.format_tb(failure.__traceback__))
    return [
        *(_places(earlier) if earlier else ()),
        f"{passed}{type(failure).__module__}.{type(failure).__qualname__}",
    ]
