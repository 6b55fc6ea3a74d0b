"""Files that visitors bring: received in pieces, bounded, and handed to a job that makes sources of them.

It imports the queue of jobs and the checks of hosts.
"""
