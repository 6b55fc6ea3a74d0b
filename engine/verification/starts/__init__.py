"""Held-out starts of the sample ocean: skill beside baselines and floor, and what becomes of long rollouts."""
