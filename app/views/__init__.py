"""One view a file: each reads the selection and the services, and draws one part of the page."""
