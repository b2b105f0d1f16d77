"""The components of blueprints/delay_model.yaml, one a file."""
