"""Where tests keep their files: in memory where there is room, because no test pulls the plug of the machine.

A copy of a database on PostgreSQL is four hundred files, and each thing done over SQLite waits for the disk.
"""

import os
import shutil
from pathlib import Path
from typing import Final

MEMORY: Final = Path("/dev/shm")
# Four workers with servers, databases and an installed wheel take less than one; a container may have 0.06.
ROOM_GB = 4.0


def folder_in_memory() -> str | None:
    """None: where temporary files lie anyway."""
    has_room = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= ROOM_GB * 1e9
    return str(MEMORY) if has_room and _free_gb() >= ROOM_GB else None


def _free_gb() -> float:
    """That a folder may grow says nothing about what other programs have left."""
    try:
        told = Path("/proc/meminfo").read_text()
    except OSError:
        return 0.0
    [kilobytes] = [line.split()[1] for line in told.splitlines() if line.startswith("MemAvailable:")]
    return int(kilobytes) / 1e6
