"""The strip of charts below the maps, and the page of scores."""
