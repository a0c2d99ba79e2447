"""Sessions at the desk as text files, and what runs them."""
