"""Lines in, lines out: `python -m matching serve`."""

from __future__ import annotations

import json
from typing import TextIO

from matching.serve.process import Process

MOST_CHARACTERS = 64 * 1024 * 1024
"""A longer line is refused."""


def serve(source: TextIO, target: TextIO) -> None:
    """Answer every line until there are no more; a bad line is answered with an error.

    Parameters
    ----------
    source, target : text streams
    """
    process = Process()
    while line := source.readline(MOST_CHARACTERS + 1):
        if line.strip():
            answer = _answer(process, line)
            target.write(json.dumps(answer, ensure_ascii=False, allow_nan=False) + "\n")
            target.flush()


def _answer(process: Process, line: str) -> dict[str, object]:
    if len(line) > MOST_CHARACTERS:
        return {"error": f"a line must have at most {MOST_CHARACTERS} characters"}
    try:
        message = json.loads(line)
    except (ValueError, RecursionError) as problem:
        return {"error": f"wanted one JSON object, but {problem}"}
    if not isinstance(message, dict):
        return {"error": f"wanted one JSON object, but got {type(message).__name__}"}
    return process.answer(message)
