"""Child processes that begin at once: forked from a process that has imported what is slow and has started no threads."""

import multiprocessing

CHILDREN = multiprocessing.get_context("forkserver")
CHILDREN.set_forkserver_preload(
    [
        "engine.forecasting.forecast",
        "engine.cli.main",
        "engine.cli.request",
        "engine.ingest",
        "tests.engine.toy",
        "tests.engine.tiny_training",
    ]
)
