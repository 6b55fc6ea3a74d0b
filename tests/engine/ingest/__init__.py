"""Tests of the room that turns days of files into stores."""
