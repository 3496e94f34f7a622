"""Tests of the commands of the book, through the real entry point."""
