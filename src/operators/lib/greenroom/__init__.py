"""The image-side code of Greenroom's built-in operators."""
