"""Whether tests may keep their files in memory."""

from pathlib import Path

import pytest

from tests import memory


def test_files_go_to_memory_where_there_is_room_and_else_where_they_lie_anyway(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(memory, "MEMORY", tmp_path)
    monkeypatch.setattr(memory, "ROOM_GB", 0)
    assert memory.folder_in_memory() == str(tmp_path)
    monkeypatch.setattr(memory, "ROOM_GB", 1_000_000)
    assert memory.folder_in_memory() is None
    monkeypatch.setattr(memory, "MEMORY", tmp_path / "nowhere")
    assert memory.folder_in_memory() is None
