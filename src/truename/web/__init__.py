"""HTTP: the API, metrics and health. Everything here is a view of `serve.served.Served`."""
