"""The HTTP door: thin, no decisions. `hub.web.app.create_app` makes the ASGI application."""
