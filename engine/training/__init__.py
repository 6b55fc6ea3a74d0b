"""Training of the backbone: sequences on disk, plans, the objective, the loop, and training on several processors.

May import forecasting, verification and the rooms below them.
"""
