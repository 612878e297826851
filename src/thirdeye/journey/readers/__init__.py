"""Reader studies: size, design, import, analyse."""
