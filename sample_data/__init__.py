"""The sample ocean: committed state files and the code that made them."""
