"""What is made of observations of the ionosphere together with orbits, biases and maps."""
