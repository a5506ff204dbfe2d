"""The command line, one file a command group. Prefect is never imported here; that alone takes two seconds."""
