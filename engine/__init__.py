"""The ocean and the models: schema, readers, sources, stores, networks, rollout, training and verification; draws no page."""

import os

# Threads that have done their part of an operation sleep until the others have, instead of spinning: beside a program that
# keeps one of two cores busy, spinning threads take the core of the one that is waited for. Read when PyTorch is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

__version__ = "0.2.0"
