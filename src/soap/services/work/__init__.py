"""Heavy work: tasks in this process, in local processes or on a cluster; the same results in the same order.

`workers` is the door; services are handed what it gives, and call its `each`.
"""

from soap.services.work.workers import HERE, Workers, workers

__all__ = ["HERE", "Workers", "workers"]
