"""Reads messages, published answers, reports, and the reasons of blocks."""

from dataclasses import dataclass

from linli.conversations.rules import LONGEST_MESSAGE, LONGEST_REASON, LONGEST_REPORT, Reason
from linli.core.forms import Form

LONGEST_QUESTION = 300
LONGEST_ANSWER = 1000


@dataclass(frozen=True)
class PublicWords:
    question: str
    answer: str


@dataclass(frozen=True)
class ReportDraft:
    reason: Reason
    text: str


def read_message(form: Form) -> str:
    text = form.text("text", longest=LONGEST_MESSAGE, required=True, many_lines=True)
    form.check()
    return text


def read_public_words(form: Form) -> PublicWords:
    question = form.text("question", longest=LONGEST_QUESTION, required=True)
    answer = form.text("answer", longest=LONGEST_ANSWER, required=True, many_lines=True)
    form.check()
    return PublicWords(question, answer)


def read_report(form: Form) -> ReportDraft:
    reason = form.choice("reason", Reason, required=True)
    text = form.text("text", longest=LONGEST_REPORT, required=True, many_lines=True)
    form.check()
    assert reason is not None
    return ReportDraft(reason, text)


def read_report_answer(form: Form) -> str:
    answer = form.text("answer", longest=LONGEST_REPORT, required=True, many_lines=True)
    form.check()
    return answer


def read_block_reason(form: Form) -> str:
    reason = form.text("reason", longest=LONGEST_REASON, required=True, many_lines=True)
    form.check()
    return reason
