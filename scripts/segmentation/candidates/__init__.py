"""Which feature that no rule uses would tell most of what customers do next."""

from segmentation.candidates.build import find_candidates
from segmentation.candidates.measure import Candidate, Found, Provider
from segmentation.candidates.page import candidates_json, print_candidates

__all__ = [
    "Candidate",
    "Found",
    "Provider",
    "candidates_json",
    "find_candidates",
    "print_candidates",
]
