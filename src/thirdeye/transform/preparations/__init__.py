"""Steps of preparation, one per file; importing this package registers them."""

from thirdeye.transform.preparations import fundus, local_contrast, rounded, worse

__all__ = ["fundus", "local_contrast", "rounded", "worse"]
