"""The screens, one file each: a thin router; `workflow` does, ``templates/`` show."""
