"""The components of blueprints/text_topics.yaml, one a file."""
