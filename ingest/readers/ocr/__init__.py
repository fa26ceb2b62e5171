"""Pages that are images, read by optical character recognition (OCR), offline: `rapidocr` with the models of its wheel.

A reader that meets such pages raises `RecognitionWanted` (ingest/readers/reading.py); the parent has them read page by
page by `recogniser`, which keeps what was read in `kept`, and the reader is asked again with what they hold. In a child
process of its own, by its `tasks`: `image_files` and `rendering` (file -> image) -> `engine` (image -> boxes with text)
-> `order` (boxes -> lines as they are read) -> `mending` (what French shows to be misread). `remarks` says what was
done.
"""
