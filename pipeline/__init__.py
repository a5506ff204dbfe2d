"""FieldCut's rooms: a folder of phone clips becomes a finished, checked, shoppable video.

Nothing in here knows how it is scheduled: no Prefect, no web, no command line.
"""
