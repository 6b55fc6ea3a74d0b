"""What is shown, taken away: pictures, films, data and the lines of Python that make them again."""
