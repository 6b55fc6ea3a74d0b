"""Who reaches the server, what visitors may do, and how much one request may ask for.

It imports the texts of the page and the engine's errors only.
"""
