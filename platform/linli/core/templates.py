"""The template environment, for pages and mails: loader, languages, filters."""

from datetime import date, datetime
from functools import cache, lru_cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context, select_autoescape
from jinja2.runtime import Context
from markupsafe import Markup, escape

from linli.core import i18n
from linli.core.forms import too_large
from linli.core.i18n import HTML_LANGUAGES, Message
from linli.core.resources import resource_folder


@cache
def create_templates() -> Environment:
    """One for the whole process: pages and mails share what is compiled."""
    environment = Environment(
        loader=FileSystemLoader(resource_folder("templates")),
        # Read once, as static files are: looking at each part of each page again asks the disk twenty times.
        auto_reload=False,
        # Everything but the plain parts of mails and text messages.
        autoescape=select_autoescape(disabled_extensions=("txt",), default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    environment.install_gettext_callables(_gettext, _ngettext, newstyle=True)  # type: ignore[attr-defined]
    environment.globals["_"] = _sentence
    environment.filters |= {
        "say": _say,
        "when_range": pass_context(lambda c, start, end: i18n.say_range(start, end, c["locale"])),
        "day": pass_context(lambda c, value: i18n.say_day(_as_day(value), c["locale"])),
        "moment": pass_context(lambda c, value: i18n.say_moment(value, c["locale"])),
        "short_month": pass_context(lambda c, value: i18n.say_short_month(_as_day(value), c["locale"])),
        "month": pass_context(lambda c, value: i18n.say_month(_as_day(value), c["locale"])),
        "clock": lambda value: i18n.local(value).strftime("%H:%M"),
        "iso": lambda value: value.isoformat(),
        "number": pass_context(lambda c, value: i18n.say_number(value, c["locale"])),
        "km": pass_context(_km),
        "hours": pass_context(_hours),
        "ago": pass_context(_ago),
        "paragraphs": _paragraphs,
        "pairs": lambda named: [(each.id, each) for each in named],
    }
    environment.globals |= {
        "html_languages": HTML_LANGUAGES,
        "languages": i18n.LANGUAGES,
        "too_large": too_large,
    }
    return environment


@pass_context
def _sentence(context: Context, text: str, /, **values: object) -> str:
    """What Jinja's own `_` does, but each sentence is looked up and marked as safe only once."""
    known = _known_sentence(context["locale"], text, context.eval_ctx.autoescape)
    return known % values if values or "%" in known else known


@lru_cache(maxsize=8192)
def _known_sentence(language: str, text: str, is_html: bool) -> str:
    sentence = i18n.translate(language, text)
    return Markup(sentence) if is_html else sentence  # noqa: S704  our own words, as Jinja itself does


@pass_context
def _gettext(context: Context, text: str) -> str:
    return i18n.translate(context["locale"], text)


@pass_context
def _ngettext(context: Context, one: str, many: str, n: int) -> str:
    return i18n.translate_count(context["locale"], one, many, n)


@pass_context
def _say(context: Context, value: object) -> str:
    # Text is left alone: what `_` has already escaped must not be escaped again.
    return value if isinstance(value, str) else i18n.in_words(value, context["locale"])


def _as_day(value: date | datetime) -> date:
    return i18n.local(value).date() if isinstance(value, datetime) else value


def _km(context: Context, value: float) -> str:
    message = (
        Message("{km} km", km=round(value, 1)) if value >= 1 else Message("{m} m", m=round(value * 20) * 50)
    )
    return message.in_language(context["locale"])


def _hours(context: Context, value: float) -> str:
    return i18n.counted(
        1 if value == 1 else 2, "{hours} hour", "{hours} hours", hours=float(value)
    ).in_language(context["locale"])


def _ago(context: Context, seconds: float) -> str:
    """A length of time in the unit people would use: minutes, hours or days."""
    minutes = int(abs(seconds) // 60)
    if minutes < 60:
        said = i18n.counted(minutes, "{n} minute", "{n} minutes")
    elif minutes < 48 * 60:
        said = i18n.counted(minutes // 60, "{n} hour", "{n} hours")
    else:
        said = i18n.counted(minutes // 1440, "{n} day", "{n} days")
    return said.in_language(context["locale"])


def _paragraphs(text: str) -> Markup:
    """A person's own text: escaped first, its line breaks kept."""
    return Markup("<br>").join(escape(line) for line in text.split("\n"))
