"""One visitor: the selection, the views of it, and the page that holds them; or the maps alone inside another site's page.

It imports the state and the views; only the server imports it.
"""
