"""Which days are worked: the layers, their files, the notices they come from."""
