"""What each chart beside the maps shows of a scene, made without a page: views draw it in the background, files at once.

It imports the charts, the analysis and the state of the page, and no widget.
"""
