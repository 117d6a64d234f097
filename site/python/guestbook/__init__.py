"""The sample site in Python: the way of a request, and a guestbook. It needs PyMySQL and nothing else."""
