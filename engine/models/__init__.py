"""Networks and baselines behind one interface: a state, and a step of one day.

This room puts layers, backbones and the evolution operator together. It may import its sub-rooms, the physics, the schema and the
runtime; it knows neither weights on disk, nor stores, nor training.
"""
