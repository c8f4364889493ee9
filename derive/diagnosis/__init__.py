"""Why a refuted claim is wrong: the known mistake that reproduces it exactly, proved by the kernel, or nothing."""

from derive.diagnosis.search import Explained, diagnose, explain
from derive.report.results import Diagnosis

__all__ = ["Diagnosis", "Explained", "diagnose", "explain"]
