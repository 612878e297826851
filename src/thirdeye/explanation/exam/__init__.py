"""The exam of heat maps: what a method has to show before its maps may be taken for evidence."""
