"""What this container may use."""

from __future__ import annotations

import os
from pathlib import Path

MEMORY_FILES = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
# Above this a limit is none: cgroups write a number near 2^63.
UNLIMITED = 1 << 50


def memory_limit() -> int | None:
    """Bytes that DuckDB may take: what the container has, less what Python and the rest need."""
    for path in MEMORY_FILES:
        try:
            text = Path(path).read_text(encoding="ascii").strip()
        except OSError:
            continue
        if text.isdigit() and int(text) < UNLIMITED:
            return max(64 << 20, int(int(text) * 0.65) - (64 << 20))
    return None


def threads() -> int:
    """Cores that this container gets, at least one."""
    cores = float(len(os.sched_getaffinity(0)))
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text(encoding="ascii").split()
        if quota != "max":
            cores = min(cores, int(quota) / int(period))
    except (OSError, ValueError):
        try:
            base = Path("/sys/fs/cgroup/cpu")
            quota = int((base / "cpu.cfs_quota_us").read_text(encoding="ascii"))
            if quota > 0:
                cores = min(cores, quota / int((base / "cpu.cfs_period_us").read_text(encoding="ascii")))
        except (OSError, ValueError):
            pass
    return max(1, round(cores))
