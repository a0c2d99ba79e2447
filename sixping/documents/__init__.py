"""Cases and events as the JSON that is answered, and the words people read for them."""
