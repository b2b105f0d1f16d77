"""One operator a file; each has `run(step)`."""
