"""A notebook → the components of a blueprint, by the names that its cells assign and read. Nothing of it is run."""
