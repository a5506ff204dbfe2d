"""What a person can ask for: make, rerender, publish, approve, consent, settle, and the rest, one file each.

Plain functions over the stages and the rooms, called alike by the command line, the flows and, later, the pages. They print nothing and
read nothing from a terminal: what they have to say is returned, or reported through `RunProgress`.
"""
