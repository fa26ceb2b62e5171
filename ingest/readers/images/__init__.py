"""Files that are images (PNG, JPEG, TIFF, WEBP): scans and photographs of pages, several in one file of TIFF.

`reader` asks for every page to be recognised (`ingest.readers.ocr`), and lays them out as those of a PDF.
"""
