"""Thousands of files over all cores, or over a cluster: what is named, who reads it, what is finished, what failed.

In: names of files, and a job that reads one. Out: results as they come. A worker that dies costs its file at most, and
what was finished before a run was stopped is not read again.
"""
