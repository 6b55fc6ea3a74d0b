"""Training days: read from stores or packed sequences, identified by content, divided by date into training, validation, test.

May import the layers of models, sources, stores and the rooms below them.
"""
