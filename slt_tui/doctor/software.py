"""Python, packages, torch and optional parts; torch is asked in a process of its own."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib import metadata, util
from typing import Any

from slt_tui.doctor.finding import Finding

PYTHONS = ((3, 11), (3, 13))
EXTRAS = {
    "demo": ("spoken_to_signed", "mnemonic", "faker"),
    "extract": ("mediapipe",),
    "export": ("onnx", "onnxruntime", "onnxscript"),
    "tensorboard": ("tensorboard",),
    "slurm": ("submitit",),
}
_ASK_TORCH = """
import json, torch
cuda, mps = torch.cuda.is_available(), getattr(torch.backends, "mps", None)
print(json.dumps({
    "version": torch.__version__,
    "cuda_build": torch.version.cuda,
    "threads": torch.get_num_threads(),
    "gpus": [torch.cuda.get_device_name(index) for index in range(torch.cuda.device_count())] if cuda else [],
    "mps": bool(mps and mps.is_available()),
}))
"""
_TORCH_STARTS_S = 120


def check_python(version: tuple[int, int]) -> Finding:
    """The versions that the project is tested with."""
    found = ".".join(map(str, version))
    low, high = PYTHONS
    if version < low:
        return Finding("Python", "fail", f"{found} is too old", "install Python 3.11, 3.12 or 3.13")
    if version > high:
        return Finding("Python", "warn", f"{found} was never tried", "use Python 3.11, 3.12 or 3.13")
    return Finding("Python", "ok", f"{found}, {sys.executable}")


def check_packages(distribution: str = "slt-workbench") -> Finding:
    """Everything that the core depends on is there."""
    try:
        needed = metadata.requires(distribution) or []
        version = metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return Finding(
            "packages", "fail", f"{distribution} is not installed", "pip install -e . in the checkout"
        )
    names = [_name(line) for line in needed if "extra ==" not in line]
    missing = [name for name in names if not _is_installed(name)]
    if missing:
        return Finding(
            "packages", "fail", f"missing: {', '.join(missing)}", f"pip install {' '.join(missing)}"
        )
    return Finding("packages", "ok", f"{distribution} {version} and all {len(names)} it needs")


def ask_torch() -> dict[str, Any] | str:
    """What torch says of itself, from a process of its own; text where it could not even be imported."""
    command = [sys.executable, "-P", "-c", _ASK_TORCH]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_TORCH_STARTS_S, check=False)
    except subprocess.TimeoutExpired:
        return f"not imported within {_TORCH_STARTS_S} s"
    if done.returncode == 0:
        answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return answer
    return (done.stderr.strip().splitlines() or [f"ended with exit code {done.returncode}"])[-1]


def check_torch(torch: dict[str, Any] | str) -> Finding:
    """It is there and can be imported."""
    if isinstance(torch, str):
        return Finding("torch", "fail", torch, "pip install 'torch>=2.13'")
    build = f"CUDA {torch['cuda_build']}" if torch["cuda_build"] else "CPU"
    return Finding("torch", "ok", f"{torch['version']} ({build} build, {torch['threads']} threads)")


def check_extra(extra: str, modules: tuple[str, ...]) -> Finding:
    """An optional part."""
    missing = [module for module in modules if util.find_spec(module) is None]
    if not missing:
        return Finding(f"[{extra}]", "ok", f"installed: {', '.join(modules)}")
    if extra == "extract" and sys.version_info[:2] >= (3, 13):
        return Finding(
            f"[{extra}]", "off", "mediapipe has no wheel for this Python", "use Python 3.11 or 3.12 for it"
        )
    return Finding(
        f"[{extra}]", "off", f"not installed: {', '.join(missing)}", f"pip install 'slt-workbench[{extra}]'"
    )


def _name(requirement: str) -> str:
    """``torch`` of ``torch>=2.13``."""
    return re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0]


def _is_installed(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True
