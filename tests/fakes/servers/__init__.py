"""The platforms' publishing APIs on 127.0.0.1, written from their contracts, with faults by plan.

    with KuaishouServer(Plan(faults=(Fault(kind="timeout_done", endpoint="publish"),))) as server:
        tokens = server.grants.give("coop-main", SCOPES)
        ...                      # a client talks to server.url
        server.truth().posts     # what really came to exist

`spawned("kuaishou", plan, folder)` does the same in a process of its own. Each platform is one file; what its contract leaves
open is a field of its settings, so that a client is held against both readings.
"""
