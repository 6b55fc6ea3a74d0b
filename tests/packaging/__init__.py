"""What is handed out of the project: the wheel, and the files that describe how it is built and served."""
