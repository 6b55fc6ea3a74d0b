"""The ocean and the model: schema, sources, stores, network, rollout and verification; knows no screen."""

import os

# Threads that have done their part of an operation sleep until the others have, instead of spinning: beside a program that
# keeps one of two cores busy, spinning threads take the core of the one that is waited for. Read when PyTorch is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

__version__ = "0.2.0"
