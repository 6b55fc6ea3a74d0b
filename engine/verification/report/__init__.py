"""Pages of verification: plots, tables and the HTML of a report.

May import the verification and the rooms below it.
"""
