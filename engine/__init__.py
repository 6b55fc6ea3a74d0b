"""The ocean and the model: schema, sources, stores, network, rollout and verification; knows no screen."""

__version__ = "0.2.0"
