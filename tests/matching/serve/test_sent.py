"""What is counted of the messages that were sent."""

from matching.serve.sent import Sent


def test_a_message_is_unanswered_until_its_need_is_answered_and_forgotten_after_a_week() -> None:
    sent = Sent(2)
    sent.note(0, 1, "a")
    sent.note(0, 3, "b")
    sent.note(0, 5, "a")
    sent.note(1, 5, "a")
    assert sent.unanswered_this_week(5).tolist() == [3, 1]
    sent.answered(0, "a")
    assert sent.unanswered_this_week(5).tolist() == [1, 1]
    assert sent.this_week(5).tolist() == [3, 1]
    assert sent.unanswered_this_week(10).tolist() == [0, 1]
    assert sent.unanswered_this_week(12).tolist() == [0, 0]


def test_an_answer_to_what_was_never_asked_changes_nothing() -> None:
    sent = Sent(1)
    sent.note(0, 1, "a")
    sent.answered(0, "b")
    assert sent.unanswered_this_week(1).tolist() == [1]
