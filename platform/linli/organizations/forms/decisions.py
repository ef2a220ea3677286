"""What comes with a step of a registration."""

from linli.core.forms import Form
from linli.organizations.registration import MOST_REASON


def read_reason(form: Form) -> str:
    reason = form.text("reason", longest=MOST_REASON, required=True, many_lines=True)
    form.check()
    return reason


def read_version(form: Form) -> int:
    """Which version the page showed; 0, which nothing ever has, where it is missing."""
    return form.whole("version", least=0, most=10**9) or 0
