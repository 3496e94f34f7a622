"""Many courses on shared practitioners, rooms and devices: a repair found for all of them at once.

Way in: `column_generation` (`repair_together`), which takes the courses of `booked_course` and what
is left of `capacities`. `pricing` finds the best calendar of one course where quarters cost
something, `master` chooses among calendars, and `place_choice` among single places where the prices
leave a gap; `solver` is that of the extra `capacity`: no other module imports it. What runs comes
in. Nothing here looks at a clock: work is counted in rounds, places and nodes.
"""
