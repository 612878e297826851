"""The way to the archive: receive, send, fetch, and an outbox that waits while the archive is down.

`inbox.Inbox` keeps what `listener.Listener` receives (C-STORE) and what `pull.pull` fetches (C-MOVE, C-GET or
DICOMweb). `outbox.Outbox` keeps what is to be sent; `connection.Connection` says how archives are reached,
and its `send` is what `Outbox.deliver` wants::

    outbox = Outbox(folder)
    outbox.put(content, "ARCHIVE@10.0.0.5:104", kind="report", label="case 17")
    outbox.deliver(Connection(own_title="THIRDEYE").send)     # at once, and again every minute
    outbox.unsent()                                           # for the screen

No message, file name or journal of this package holds a name, a number of a patient, or an accession number.
"""
