"""The server: one ASGI application with a face for every protocol; `app.build` makes it."""
