"""Heads on the features of a frozen backbone: their data, training, weights, and their way through a forecast."""
