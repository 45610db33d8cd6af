"""A made-up company with nine systems, of which everything is known."""

from segmentation.demo.omnichannel.generate import expected_rows, generate
from segmentation.demo.omnichannel.world import WORLDS, Company

__all__ = ["WORLDS", "Company", "expected_rows", "generate"]
