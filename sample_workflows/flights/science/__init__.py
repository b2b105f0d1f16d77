"""scikit-learn's manners for rows that a cluster works on. README.md shows how."""

from .bag_of_words import BagOfWords
from .files import read
from .one_hot_encoder import OneHotEncoder
from .pipeline import Pipeline, make_pipeline
from .standard_scaler import StandardScaler
from .tokenizer import Tokenizer
from .transformer import Transformer, replace

load = Transformer.load

__all__ = [
    "BagOfWords",
    "OneHotEncoder",
    "Pipeline",
    "StandardScaler",
    "Tokenizer",
    "Transformer",
    "load",
    "make_pipeline",
    "read",
    "replace",
]
