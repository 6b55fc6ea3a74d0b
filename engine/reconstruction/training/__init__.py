"""Training of the network that completes an interpolation: simulated observing systems, samples observed by them, the
training itself.

May import reconstruction, training and the rooms below them.
"""
