"""Run the shipped graphs by onnxruntime."""

import platform
from functools import cache
from pathlib import Path

import onnxruntime as ort


def session(model: bytes, threads: int | None = None) -> ort.InferenceSession:
    """A session of a graph in 8 bits or in float32, that gives the same on every processor.

    Args:
        threads: cores that one run may use; None for all.
    """
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads or 0  # 0: as many as cores
    options.log_severity_level = 3
    if not _adds_bytes():
        options.add_session_config_entry("session.x64quantprecision", "1")
    # The fused operator is five times slower than the two that it replaces (onnxruntime 1.32).
    slow = ["SkipLayerNormFusion"]
    return ort.InferenceSession(model, options, providers=["CPUExecutionProvider"], disabled_optimizers=slow)


@cache
def _adds_bytes() -> bool:
    """Whether the processor sums products of bytes exactly: older ones of x86 cut sums at 16 bits."""
    if platform.machine().lower() not in ("x86_64", "amd64"):
        return True
    try:
        return "_vnni" in Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace")
    except OSError:  # not Linux: it may or may not
        return False
