"""Zarr v3 stores of forecasts, references and analyses; `engine.store` is the door to this package."""
