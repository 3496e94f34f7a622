"""What a course costs: price lists, packages, tax, deposit, parts, budget.

Ways in: `tariffs` (the prices that hold), `estimate` (one protocol) and `programme_bill` (all on
one bill).
The planner comes in, and what runs. Accounts of running courses stand in `running`.
"""
