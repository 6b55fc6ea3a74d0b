"""The Panel application in front of the engine."""
