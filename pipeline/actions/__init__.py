"""What a person can ask for: make, rerender, variants, publish, approve, consent, settle and the rest, one file each.

Plain functions over the stages and the rooms, called alike by the command line, the flows and, later, the pages. They print nothing and
read nothing from a terminal: results are returned, progress goes through `RunProgress`.
"""
