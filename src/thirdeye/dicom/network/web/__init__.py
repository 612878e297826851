"""DICOMweb (PS3.18): QIDO, WADO and STOW on the standard library, to one host and to no other."""
