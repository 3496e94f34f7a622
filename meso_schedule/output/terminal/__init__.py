"""A plan, a no, a comparison, a protocol as text of a given width.

Ways in: `plan_text`, `conflict_text`, `comparison_text`, `protocol_text`; `layout` draws tables.
"""
