"""What every page of this server is made with, whatever it shows: its template, the window, and workarounds for Panel.

`panel_workarounds` is the only file that uses what Panel does not document. It imports the texts of the page only.
"""
