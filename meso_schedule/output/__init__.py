"""One plan in each form; each is a pure function of one `CoursePlan`.

Rooms: `words` (texts and languages), `terminal`, `print` (the PDF sheet), `web` (the page).
`feed` writes iCalendar, `tables` CSV and Markdown.
What runs comes in, and the command line; no output knows how a plan was found.
"""
