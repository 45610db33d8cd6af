"""Customer segmentation in the warehouse: training, publishing, report, commands."""

__version__ = "0.1.0"
