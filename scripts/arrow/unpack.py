"""Takes Arrow's C++ libraries, headers and licence out of a pyarrow wheel: unpack.py WHEEL FOLDER"""

import pathlib
import re
import sys
import zipfile

WANTED = [
    (re.compile(r"pyarrow/(include/(?:arrow|parquet)/.+)"), r"\1"),
    (re.compile(r"pyarrow/((?:libarrow|libparquet)\.so\.\d+)"), r"\1"),
    (re.compile(r"pyarrow-[^/]+\.dist-info/(?:licenses/)?((?:LICENSE|NOTICE)[^/]*)"), r"\1"),
]


def main(wheel: str, folder: str) -> None:
    with zipfile.ZipFile(wheel) as archive:
        for name in (each for each in archive.namelist() if not each.endswith("/")):
            for pattern, place in WANTED:
                found = pattern.fullmatch(name)
                if not found:
                    continue
                target = pathlib.Path(folder, found.expand(place))
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(archive.read(name))


main(*sys.argv[1:])
