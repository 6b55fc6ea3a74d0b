"""The server: its options, the addresses it answers, the sessions in turn, and the gate before all of them.

It is the top of the application and imports every other room.
"""
