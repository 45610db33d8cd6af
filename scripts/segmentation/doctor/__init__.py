"""Says what is mapped, what is missing and what that costs: `segment doctor`."""

from segmentation.doctor.examine import examine
from segmentation.doctor.findings import Findings
from segmentation.doctor.page import findings_json, print_findings

__all__ = ["Findings", "examine", "findings_json", "print_findings"]
