"""Networks and baselines behind one interface.

May import the schema, the runtime and the physics; knows neither weights on disk, nor stores, nor training.
"""
