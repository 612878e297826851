"""Steps of preparation, one per file; importing this package registers them."""

from thirdeye.transform.preparations import fundus, local_contrast, rounded

__all__ = ["fundus", "local_contrast", "rounded"]
