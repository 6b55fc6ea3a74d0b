"""Numbers beside the maps: errors, values at points and along lines, drift, the axis of the Kuroshio, scores.

Each is computed in a thread of the pool and kept in the shared cache. It draws nothing: it imports the services and the state of
the page, and the diagnostics and verification of the engine.
"""
