"""Room batches."""
