"""The reading room: the doctor decides first, the machine second, and every step is on record.

The way of a case through the room, in the order of its folders:

    store/      tables and transactions
    audit/      the chain of who did what
    people/     who may enter, and as what
    arrivals/   cases come in: upload, watched folder, archive
    pictures/   what the viewer is sent
    opinions/   the second opinion, made in a process of its own and sealed
    workflow/   check, first reading, reveal, decision, second reader, signature, outcome
    monitoring/ how doctor, machine and pair perform
    web/        the application: pages, guards, headers, languages
    screens/    one file per screen
"""
