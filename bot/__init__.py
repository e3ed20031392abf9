"""What runs: settings, assembly, intake, worker, delivery, clock, web and the command line."""
