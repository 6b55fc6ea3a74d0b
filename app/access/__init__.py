"""Who reaches the server, what visitors may do, and how much one request may ask for.

It imports the texts of the page, the handlers named in `app.page`, and the errors of the engine only.
"""
