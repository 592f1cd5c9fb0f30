"""The machine: what the figures were measured on, and the three tools that are built for the bench.

The echo (the floor), the latency client and the flood are examples of the Rust core, so they are built with its
compiler and its release profile.
"""

import json
import os
import platform
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from subjects import ROOT

TOOLS = ("echo", "latency", "flood")


def find_tools(folder: Path | None, failed: dict[str, str]) -> dict[str, Path]:
    """Where the tools are, in *folder* or newly built; what is missing is told under *failed*."""
    try:
        tools = {name: folder / name for name in TOOLS} if folder else build_tools()
    except (RuntimeError, OSError) as error:
        failed["tools"] = str(error)
        return {}
    return {name: path for name, path in tools.items() if path.exists()}


def build_tools(names: Sequence[str] = TOOLS) -> dict[str, Path]:
    """Build them; cargo's messages say where it put them. Raises: RuntimeError with cargo's own words."""
    command = ["cargo", "build", "--release", "--message-format=json-render-diagnostics", "-p", "truename-core"]
    command += [part for name in names for part in ("--example", name)]
    manifest = ["--manifest-path", str(ROOT / "rust" / "Cargo.toml")]
    done = subprocess.run(command + manifest, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"the tools of the bench cannot be built: {done.stderr.strip()[-400:]}")
    messages = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return {m["target"]["name"]: Path(m["executable"]) for m in messages if m.get("executable")}


def describe() -> dict[str, Any]:
    """Processor, kernel and memory."""
    cpuinfo = Path("/proc/cpuinfo").read_text().splitlines()
    models = [line.partition(":")[2].strip() for line in cpuinfo if line.startswith("model name")]
    return {
        "cpu": models[0] if models else platform.machine(),
        "cores": os.cpu_count(),
        "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "kernel": platform.release(),
        "python": platform.python_version(),
    }


def cpu_ticks() -> list[int]:
    """Ticks of all cores since boot: user, nice, system, idle, iowait, irq, softirq, steal (proc(5))."""
    return [int(field) for field in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]


def busy_share(seconds: float = 2.0) -> float:
    """Share of all cores' time that was taken while the bench slept: what others do here, and it spoils the figures.

    Not the load average, which still remembers the build that came before.
    """
    before = cpu_ticks()
    time.sleep(seconds)
    spent = [after - earlier for earlier, after in zip(before, cpu_ticks(), strict=True)]
    return 1 - (spent[3] + spent[4]) / max(sum(spent), 1)


def steal_seconds() -> float:
    """CPU time that the host gave to others, over all cores since boot."""
    return cpu_ticks()[7] / os.sysconf("SC_CLK_TCK")
