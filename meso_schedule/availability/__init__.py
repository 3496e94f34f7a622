"""Room availability."""
