"""What people do in conversations: ask, answer, publish, report, block."""

from linli.conversations.actions.blocking import block, end_block
from linli.conversations.actions.reporting import Reported, answer_report, report
from linli.conversations.actions.writing import (
    mark_read,
    open_conversation,
    publish_answer,
    remove_answer,
    why_not_write,
    write,
    write_once,
)

__all__ = [
    "Reported",
    "answer_report",
    "block",
    "end_block",
    "mark_read",
    "open_conversation",
    "publish_answer",
    "remove_answer",
    "report",
    "why_not_write",
    "write",
    "write_once",
]
