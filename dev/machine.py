"""The size of the machine that a figure was measured on, in one sentence."""

from __future__ import annotations

import os
import platform
from pathlib import Path


def size() -> str:
    """Cores, memory, system and Python of this machine: ``2 cores, 24 GB, Linux 6.1, Python 3.11.7``."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    system = f"{platform.system()} {platform.release()}, Python {platform.python_version()}"
    return f"{cores} cores{model()}, {memory:.0f} GB, {system}"


def model() -> str:
    """The processor's name in brackets, where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return ""
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return f" ({names[0]})" if names else ""
