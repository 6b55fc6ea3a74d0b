"""The tour for a screen in a room: a programme of scenes that plays by itself.

It imports the services, the labels of scenes and the address of the map's files.
"""
