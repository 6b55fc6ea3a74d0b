"""Parts of the page with a script of their own in the browser, one folder or file each.

They hold no choices and read no stores: they import the texts of the page and the address of the map's files only.
"""
