"""What the service promises: key small matters, the three ones, deadlines, and who may do what."""
