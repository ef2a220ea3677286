"""Puts a message of the outbox into words: its event's own template, or the one for all."""

from typing import Any
from urllib.parse import urljoin

from jinja2 import Environment

from linli.core.i18n import HTML_LANGUAGES, Message
from linli.notifications.channels import Letter
from linli.notifications.models import OutboxMessage
from linli.notifications.rules import Channel


def write_letter(templates: Environment, message: OutboxMessage, *, base_url: str) -> Letter:
    """In the recipient's language, with a link that works outside the site."""
    values = {
        "locale": message.language,
        "html_language": HTML_LANGUAGES[message.language],
        "subject": Message.from_json(message.subject),
        "sentence": Message.from_json(message.sentence),
        "link": urljoin(base_url, message.path) if message.path else None,
        "base_url": base_url,
    }

    is_mail = message.channel is Channel.mail
    return Letter(
        id=message.id,
        address=message.address,
        language=message.language,
        written_at=message.created_at,
        text=_render(templates, message.event, "body.txt" if is_mail else "sms.txt", values),
        # A subject is one line, whatever a title in it holds.
        subject=" ".join(_render(templates, message.event, "subject.txt", values).split()),
        html=_render(templates, message.event, "body.html", values) if is_mail else "",
    )


def _render(templates: Environment, event: str, part: str, values: dict[str, Any]) -> str:
    return (
        templates.select_template([f"emails/{event}/{part}", f"emails/notice/{part}"]).render(values).strip()
    )
