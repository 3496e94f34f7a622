"""Room clinic."""
