"""HCL Domino mail routing at a terminal."""

__version__ = "0.1.0"
