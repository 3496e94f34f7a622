"""Outputs: each a pure function of one plan, so that they cannot disagree."""
