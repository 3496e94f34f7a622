"""Room costs."""
