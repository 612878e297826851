"""The way to the archive: receive, send, fetch, and an outbox that waits while the archive is down.

`listener.Listener` receives (C-STORE), `store.send_files` sends, `query.find_studies` and `move.move_studies`
fetch, `web.client.WebArchive` does all three by DICOMweb, and `outbox.Outbox` keeps what is to be sent.
No message, file name or journal of this package holds a name, a number of a patient, or an accession number.
"""
