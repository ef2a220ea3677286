"""Another program as a policy: it reads one JSON object a line and answers one a line."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from contextlib import suppress

from matching.city.messages import Message


class External:
    """A process that speaks the protocol.

    Parameters
    ----------
    command : sequence of str
        The program with its arguments.

    Raises
    ------
    ValueError
        If the program cannot be started, ends early or answers with something else than one JSON object.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self.command = list(command)
        try:
            self._process = subprocess.Popen(  # noqa: S603  the person who evaluates named it
                self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
            )
        except OSError as problem:
            raise ValueError(f"{self.command[0]} cannot be started: {problem}") from problem

    def answer(self, message: Message) -> Message:
        """One answer to one message."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with suppress(OSError):  # it has ended; what it said before says why
            self._process.stdin.write(json.dumps(message, ensure_ascii=False) + "\n")
            self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise ValueError(f"{self.command[0]} ended without an answer to {message['op']}")
        try:
            answer = json.loads(line)
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise ValueError(
                f"wanted one JSON object as the answer to {message['op']}, but got {line[:80]!r}"
            )
        return answer

    def close(self) -> None:
        """No more messages."""
        assert self._process.stdin is not None
        with suppress(OSError):
            self._process.stdin.close()
        self._process.wait(timeout=30)
