"""The service {= name =}."""
