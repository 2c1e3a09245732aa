"""Where everything is put together: settings, addresses, and the choice of engines."""
