"""The page for a phone: one file, no script, nothing fetched.

Way in: `page`. `page_view` is what the page says, `page_months` its small calendars.
"""
