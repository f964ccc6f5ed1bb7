"""Writes faq.parquet, which has the rows of faq.csv, and chats.parquet, with the pyarrow of scripts/arrow/pyarrow.txt."""

import pathlib

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

FOLDER = pathlib.Path(__file__).parent
pq.write_table(pa.csv.read_csv(FOLDER / "faq.csv"), FOLDER / "faq.parquet")
chats = [
    [{"role": "user", "content": "Which planet has the most moons?"}],
    [
        {"role": "user", "content": "Name a river."},
        {"role": "assistant", "content": "The Loire."},
        {"role": "user", "content": "Where does it rise?"},
    ],
]
pq.write_table(pa.table({"messages": chats}), FOLDER / "chats.parquet")
