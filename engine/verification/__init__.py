"""Verification: statistics of cells, their weighted means over the ocean, then metrics, beside the baselines.

May import forecasting and the rooms below it; does without torch.
"""
