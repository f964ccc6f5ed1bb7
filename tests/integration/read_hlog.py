"""Prints the intervals of a histogram log as the PyPI package hdrhistogram reads them: tag, count and median in ms."""
import sys

from hdrh.histogram import HdrHistogram
from hdrh.log import HistogramLogReader

log = HistogramLogReader(sys.argv[1], HdrHistogram(1, 3_600_000_000_000, 3))
while interval := log.get_next_interval_histogram():
    print(interval.get_tag(), interval.get_total_count(), interval.get_value_at_percentile(50) / 1e6)
