"""Training of the network that completes an interpolation: observing systems, samples seen through them, the training itself.

May import reconstruction, training and the rooms below them.
"""
