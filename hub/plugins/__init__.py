"""Which plugins run here, and for whom: plugins.toml, the loader, its checks, the registry."""
