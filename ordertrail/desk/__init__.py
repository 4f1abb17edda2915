"""Every verb that writes link rows, one small file each."""
