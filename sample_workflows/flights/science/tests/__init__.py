"""Equal to scikit-learn, on real data: `python3 -m unittest` in the project's folder, in the image `science`."""
