"""Measurements: each module measures one part beside a reference in the same run."""
