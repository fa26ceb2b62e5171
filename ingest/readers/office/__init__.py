"""Files of office programs and what goes with them: workbooks, presentations, OpenDocument, CSV, RTF.

Bytes -> `package` (the archive, checked) -> a reader of each format (`workbook`, `presentation`, `opendocument`,
`delimited`, `rtf`) -> blocks. Sheets go through `grid`, their numbers through `shown`, declared titles through
`titles`.
"""
