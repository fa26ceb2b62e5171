"""The catalog in a SQLite file.

One process writes, any number read: the write-ahead log lets them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa

from kb.errors import StoreError
from kb.index.catalog.catalog import Catalog
from kb.index.catalog.versions import prepare
from kb.index.catalog.write_ahead import SECONDS_TO_WAIT, keep_write_ahead_log


class FileCatalog(Catalog):
    """The catalog in the file `path`, made when missing if `create`.

    Raises StoreError when the file is missing (and not to be made), damaged, or of a version that cannot be brought up
    to date.
    """

    def __init__(self, path: Path, *, create: bool = False) -> None:
        if not create and not path.is_file():
            raise StoreError(f"{path} : la base n'existe pas encore. Lancez « reperes ingest » pour la constituer.")
        # mode=rw: a store that was taken away meanwhile must not come back as an empty file.
        mode = "rwc" if create else "rw"
        address = f"sqlite:///file:{quote(str(path.absolute()))}?mode={mode}&uri=true"
        self._engine = sa.create_engine(address, connect_args={"timeout": SECONDS_TO_WAIT})
        sa.event.listen(self._engine, "connect", _configure)
        super().__init__(self._engine)
        try:
            prepare(self._engine, path, create=create)
        except StoreError:
            self._engine.dispose()
            raise

    def close(self) -> None:
        """Closes the connections."""
        self._engine.dispose()

    def copy_to(self, path: Path) -> None:
        """Writes a copy of the catalog to the new file `path`; what was deleted before is not in it."""
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("VACUUM INTO :path"), {"path": str(path)})

    def compact(self) -> None:
        """Leaves no byte of what was deleted in the files. Raises StoreError while another program reads them."""
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("VACUUM"))
            if connection.execute(sa.text("PRAGMA wal_checkpoint(TRUNCATE)")).one()[0]:
                raise StoreError("Un autre programme lit la base : attendez qu'il finisse, puis relancez.")


def _configure(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    keep_write_ahead_log(cursor)
    # Questions read a few hundred rows here and there: through the memory, without a call to the system for each page.
    cursor.execute("PRAGMA mmap_size=1073741824")
    cursor.execute("PRAGMA synchronous=FULL")  # a commit survives a power cut, as those of the vectors do
    cursor.close()
