"""From the choices of one visitor to what is shown: stores, leads, titles, colours. No widgets.

It imports the services and the data behind them.
"""
