"""Files that visitors bring: received in pieces, checked and taken in by the child process, shown as sources."""
