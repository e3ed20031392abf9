"""Rules as pure functions of values and `now`: they import the standard library and the refusals, nothing else."""
