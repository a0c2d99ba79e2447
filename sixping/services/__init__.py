"""What commands do once they know what is wanted: no options, no terminal."""
