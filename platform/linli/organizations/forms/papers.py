"""A document that was sent."""

from dataclasses import dataclass
from datetime import date

from linli.core.errors import Invalid
from linli.core.forms import Form
from linli.core.i18n import Message
from linli.organizations.documents import MOST_BYTES, DocumentKind


@dataclass(frozen=True)
class SentDocument:
    """As it arrived: what is in it is not known yet."""

    kind: DocumentKind
    content: bytes
    expires_on: date | None


def read_sent_document(form: Form, *, today: date) -> SentDocument:
    kind = form.choice("document_kind", DocumentKind, required=True)
    expires_on = form.day("expires_on")
    if expires_on and expires_on < today:
        form.refuse("expires_on", Message("This paper has expired. Please send the renewed one."))
    sent = form.file("file", largest=MOST_BYTES, required=True)
    if kind is None or sent is None or form.errors:
        raise Invalid(form.errors)
    return SentDocument(kind, sent.content, expires_on)
