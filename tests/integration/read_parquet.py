"""Reads RUN/raw/*.parquet with pandas and DuckDB, and holds them to requests.csv: read_parquet.py RUN

Prints what is wrong and exits with 1 where anything is.
"""

import csv
import math
import sys

import duckdb
import pandas
import pyarrow.parquet

raw = sys.argv[1] + "/raw/"
problems = []


def expect(what, condition):
    if not condition:
        problems.append(what)


def is_null(value):
    return value is None or value is pandas.NA or (isinstance(value, float) and math.isnan(value))


def as_in_csv(value):
    """How a CSV cell would say it, as a number where it is one."""
    if is_null(value):
        return ""
    if isinstance(value, str):
        return value
    if str(value) in ("True", "False"):
        return str(value).lower()
    return float(value)


def from_csv(text):
    try:
        return float(text)
    except ValueError:
        return text


with open(raw + "requests.csv", newline="", encoding="utf-8") as file:
    expected = list(csv.DictReader(file))
names = list(expected[0])

requests = pandas.read_parquet(raw + "requests.parquet")
expect(f"columns of pandas: {list(requests.columns)}", list(requests.columns) == names)
expect(f"rows of pandas: {len(requests)}", len(requests) == len(expected))
relation = duckdb.sql(f"SELECT * FROM '{raw}requests.parquet'")
expect(f"columns of DuckDB: {relation.columns}", relation.columns == names)
rows_of_duckdb = relation.fetchall()
for row, (_, of_pandas), of_duckdb in zip(expected, requests.iterrows(), rows_of_duckdb, strict=True):
    for place, name in enumerate(names):
        wanted = from_csv(row[name])
        for reader, got in (("pandas", as_in_csv(of_pandas[name])), ("DuckDB", as_in_csv(of_duckdb[place]))):
            expect(f"{reader}: {name} of {row['index']}: {got!r} is not {wanted!r}", got == wanted)

schema = pyarrow.parquet.read_schema(raw + "requests.parquet")
for name, unit in (("ttft_ms", b"ms"), ("tokens_per_s", b"tokens/s"), ("bytes_sent", b"bytes"), ("rate", b"requests/s")):
    expect(f"unit of {name}", (schema.field(name).metadata or {}).get(b"unit") == unit)
for name, kind in (("index", "int64"), ("ttft_ms", "double"), ("outcome", "string"), ("reused_connection", "bool")):
    expect(f"type of {name}: {schema.field(name).type}", str(schema.field(name).type) == kind)
for key in (b"run_id", b"label", b"schema", b"started"):
    expect(f"file metadata {key}", key in schema.metadata)
expect("run_id", schema.metadata[b"run_id"].decode() == sys.argv[1].rstrip("/").split("/")[-1])

# Each request's chunks, gaps and arrivals add up to its own figures.
tokens = f"'{raw}tokens.parquet'"
sums = duckdb.sql(
    f"""SELECT level, trial, index, count(*), min(arrival_ms), max(arrival_ms), sum(gap_ms), count(gap_ms),
               count(*) FILTER (WHERE coalesced), max(chunk)
        FROM {tokens} GROUP BY ALL ORDER BY ALL"""
).fetchall()
with_chunks = sorted(
    (row for row in expected if int(row["chunks"]) > 0), key=lambda row: (int(row["level"]), int(row["trial"]), int(row["index"]))
)
expect(f"requests with tokens: {len(sums)}", len(sums) == len(with_chunks))
for row, (level, trial, index, count, first, last, gaps, gap_count, coalesced, last_chunk) in zip(with_chunks, sums):
    expect("order of requests", (level, trial, index) == (int(row["level"]), int(row["trial"]), int(row["index"])))
    expect(f"chunks of {index}", count == int(row["chunks"]) == last_chunk + 1 == gap_count + 1)
    expect(f"first arrival of {index}", first == float(row["first_chunk_ms"]))
    expect(f"last arrival of {index}", last == float(row["last_chunk_ms"]))
    expect(f"gaps of {index}", count < 2 or abs(gaps - (last - first)) < 1e-6)
    expect(f"coalesced of {index}", coalesced == int(row["coalesced_chunks"]))

print("\n".join(problems[:20]))
sys.exit(1 if problems else 0)
