"""What is not read, and what to do about it: said of every file that is left aside."""

from __future__ import annotations

from pathlib import PurePosixPath

_IMAGE = (
    "type de fichier non lu (image) ; joignez-en la transcription, ou un .pdf passé à la reconnaissance de caractères"
)
_SOUND = "type de fichier non lu (son ou vidéo) ; joignez-en la transcription"
_PACKED = "type de fichier non lu (archive {suffix}) ; décompressez-la, ou faites-en un .zip"
_DRAWING = "type de fichier non lu (dessin ou plan {suffix}) ; exportez-le en .pdf"
_DATA = "type de fichier non lu (données {suffix}) ; enregistrez-en un tableau en .csv ou .xlsx"
_BOOK = "type de fichier non lu ({suffix}) ; exportez-le en .pdf ou .docx"
_PROGRAM = "type de fichier non lu (programme ou fichier de système {suffix}) ; rien n'est à faire"
_WHY = {
    "doc dot wps wpd wri sxw": "format {suffix} ancien : enregistrez-le en .docx",
    "xls xlt xlsb sxc wk1 wk4 et": "format {suffix} ancien ou propre à Excel : enregistrez-le en .xlsx",
    "ppt pps pot sxi dps": "format {suffix} ancien : enregistrez-le en .pptx",
    "pages": "document Pages (Apple) : exportez-le en .docx",
    "numbers": "classeur Numbers (Apple) : exportez-le en .xlsx",
    "key": "présentation Keynote (Apple) : exportez-la en .pptx",
    "msg oft": "courriel au format d'Outlook ({suffix}) : enregistrez-le en .eml",
    "pst ost mbox": "boîte de courriels ({suffix}) : enregistrez ses messages en .eml",
    "fodt fods fodp": "OpenDocument en un seul fichier XML : enregistrez-le en .odt, .ods ou .odp",
    "gif bmp heic heif svg ico jp2 eps emf wmf raw": _IMAGE,
    "mp3 wav ogg m4a flac aac wma mp4 avi mov mkv webm wmv m4v mpg mpeg 3gp srt vtt": _SOUND,
    "rar 7z tar gz tgz bz2 xz cab iso": _PACKED,
    "dwg dxf vsd vsdx odg ai psd indd pub skp mpp odf": _DRAWING,
    "json jsonl xml sql sqlite db mdb accdb dbf shp shx prj gpkg geojson kml kmz parquet sav dta": _DATA,
    "epub mobi djvu xps oxps tex one p7m ics vcf": _BOOK,
    "exe dll msi bat cmd sh ps1 js vbs jar apk app bin tmp bak lnk url ini ttf otf woff": _PROGRAM,
}
_REASONS = {suffix: reason for suffixes, reason in _WHY.items() for suffix in suffixes.split()}


def why_unread(name: str, known: str) -> str:
    """Why the file of a name is not read, and what to do; `known` lists the suffixes that are, for all others."""
    suffix = PurePosixPath(name).suffix.lower()
    reason = _REASONS.get(suffix.removeprefix("."))
    if reason is None:
        return f"type de fichier non lu ({suffix or 'sans extension'}) ; types lus : {known}"
    return reason.format(suffix=suffix)
