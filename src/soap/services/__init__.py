"""What SOAP does for people, one subject per module; each call is made as a viewer."""
