"""The maps and what moves on them: the loop map bound to the selection, paths of particles, the axis of the Kuroshio."""
