"""Files that the program reads: weights, sea floor, climatology, covariances, coastlines, names of places and scores."""
