"""The command line and the Prefect flows: what starts, schedules and shows the work of `pipeline/`."""
