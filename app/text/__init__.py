"""Words of the page in English and Chinese: labels, units, positions, and text that is safe in HTML.

It imports the names of variables of the engine only.
"""
