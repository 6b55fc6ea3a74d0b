"""The page where forecasts are run and played, and the server behind it: Panel in front of the engine.

A room imports those before it in this order: text, style, page, access, loopmap, data, frames, eddies, jobs, uploads, services,
state, analysis, charts, components, export, show, views, session, server. No room of the engine imports the application.
"""
