"""Writes the values as an offline run of W&B: write_wandb.py COUNT DIRECTORY; prints the seconds that run.log took."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import wandb
from values import values

count, directory = int(sys.argv[1]), Path(sys.argv[2])
settings = wandb.Settings(x_disable_stats=True, console="off", silent=True)
directory.mkdir(parents=True, exist_ok=True)
run = wandb.init(project="bench", dir=directory, mode="offline", settings=settings)
rows = list(values(count))
began = time.perf_counter()
for step, row in enumerate(rows, start=1):
    run.log(row, step=step)
print(time.perf_counter() - began)
run.finish()
