"""Room print."""
