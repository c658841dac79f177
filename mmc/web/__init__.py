"""The web server: gunicorn's processes, uvicorn's event loop, and Django in threads."""
