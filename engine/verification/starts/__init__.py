"""Scores of models over many held-out starts: what runs, what is stored, and the tables and pages made of it.

May import verification with its reports, forecasting and the rooms below them; sources come in as arguments.
"""
