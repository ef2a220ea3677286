"""Asking teams and organizations for places, and what becomes of it. Every step locks the need."""

from linli.dispatch.actions.answering import Named, accept, decline, hand_on, name_members, release
from linli.dispatch.actions.asking import ask, withdraw
from linli.dispatch.actions.time import end_impossible, end_overdue_holds, expire_unanswered, tell_of_answers

__all__ = [
    "Named",
    "accept",
    "ask",
    "decline",
    "end_impossible",
    "end_overdue_holds",
    "expire_unanswered",
    "hand_on",
    "name_members",
    "release",
    "tell_of_answers",
    "withdraw",
]
