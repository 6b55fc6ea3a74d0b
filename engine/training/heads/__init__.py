"""Training of the heads: their tasks, data, loop, and the rates at which long forecasts relax to the climatology.

May import the training room and those below it.
"""
