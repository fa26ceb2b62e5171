"""Word documents (DOCX, DOCM, DOTX, Strict Open XML): what their readers see, all changes accepted.

Bytes -> `package` (the zip archive, checked; `strict` names made usual) -> `source` (`styling`, `notes`; what stands
twice or elsewhere settled by `alternatives` and `drawings`) -> `story` (blocks; each paragraph by `lines`, each table
by `tables`) -> `reader` (with `margins` and `properties`: the Document). `ooxml` has the names of the elements.
"""
