"""Elements of HoloViews from arrays: one function a kind of chart, with its colours, axes and key.

It knows neither stores nor selections: it imports the texts and the style of the page only.
"""
