"""One remote operation: the call, the transport, bounded bodies, the guard, pace and budget."""
