"""The choices in the sidebar and in the head of the strip, one file a group; none draws a chart."""
