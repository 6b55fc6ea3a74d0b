"""What all sessions of one server share: sources, stores, readers, jobs, and threads for work in the background.

It imports data, eddies, jobs and uploads, and nothing in it belongs to one visitor.
"""
