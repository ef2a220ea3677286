"""A believable town to try Linli in: planned from a seed and a start date, built by people's own actions."""
