"""The drop target that sends files in pieces."""
