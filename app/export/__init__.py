"""What a page shows as a file: pictures, films, tables, data and lines of Python, made from its address without a session.

It imports the state, the analysis and the charts of the page, and none of its widgets.
"""
