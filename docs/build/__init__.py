"""Pages of the documentation that are made from data and code: tables of figures, model cards, the reference of the code.

Imports the engine; nothing imports it but `mkdocs.yml` and its tests.
"""
