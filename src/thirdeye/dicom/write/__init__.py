"""Results as DICOM objects. The door for other rooms is `thirdeye.dicom.write.results.result_objects`::

    result_objects(source, opinion, *, decision=None, picture_png=None, pdf=None, masks=None, wording=())
        -> list of pydicom datasets, ready for `save_as(path, enforce_file_format=True)`

``source`` is what the opinion is about: a path, a pydicom dataset, or the slices of a series. The list holds
the segmentation (where there are ``masks``), the structured report, the secondary capture (where there is a
``picture_png``) and the encapsulated document (where there is a ``pdf``), each a new series of the source's
own study. ``decision`` is a `thirdeye.dicom.write.decision.Decision`: what the doctor decided, which the
report puts beside what the machine said. `thirdeye.report.opinion_sheet` makes picture and document;
`thirdeye.report.opinion_objects.reading_objects` makes all of them of a reading.
"""
