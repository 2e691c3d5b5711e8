"""Methods of the ionosphere seen from the ground."""
