"""What valid data is: rules over a data set's tables, files and values, and what breaks them."""

from slt_engine.contract.check import Report, check
from slt_engine.contract.problem import Problem, by_rule
from slt_engine.contract.sources import DataSet

__all__ = ["DataSet", "Problem", "Report", "by_rule", "check"]
