"""What is asked and what is answered: a request, a plan, its bill, its history, the honest no.

Ways in: `request` (`CourseRequest`) and `course_plan` (`CoursePlan`). Values, frozen; what a
request may not say stands in `request_checks`.
Everything that plans, keeps, prints or asks may come in; this room knows the files' rooms.
"""
