"""Writes the files of this folder, with the pyarrow of scripts/arrow/pyarrow.txt (README.md says how)."""

import pathlib

import pyarrow as pa
import pyarrow.parquet as pq

FOLDER = pathlib.Path(__file__).parent
PROMPTS = ["Name a colour.", 'Say "yes",\nor C:\\no.\t', "Grüße, 世界", "Count to three."]


def write(name, columns, **how):
    table = columns if isinstance(columns, pa.Table) else pa.table(columns)
    pq.write_table(table, FOLDER / f"{name}.parquet", **{"compression": "none", **how})


def message(role, content, **more):
    return {"role": role, "content": content, **more}


# Two row groups, snappy, and a column that nothing asks for.
write(
    "prompts",
    {
        "prompt": pa.array(PROMPTS),
        "max_tokens": pa.array([8, None, 16, 4294967295], pa.int64()),
        "category": pa.array(["art", "logic", "art", None]).dictionary_encode(),
        "id": pa.array([1, 2, 3, 4], pa.uint8()),
        "embedding": pa.array([[0.5], [1.5], None, []], pa.list_(pa.float32())),
    },
    compression="snappy",
    row_group_size=3,
)
# Every type that text and whole numbers come in; prompts in columns of other names, one in a struct.
write(
    "types",
    {
        "large": pa.array(PROMPTS, pa.large_string()),
        "coded": pa.array(PROMPTS).dictionary_encode(),
        "bytes": pa.array([text.encode() for text in PROMPTS], pa.binary()),
        "in": pa.array([{"text": text, "length": 7} for text in PROMPTS]),
        **{
            str(kind): pa.array([1, 2, 100, None], kind)
            for kind in (pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64())
        },
        "double": pa.array([1.0, 2.0, 100.0, float("nan")]),
        "half": pa.array([1.5, 2.5, 3.5, 4.5]),
        "day": pa.array([0, 1, 2, 3], pa.date32()),
        "flag": pa.array([True, False, True, None]),
        "map": pa.array([[("a", 1)]] * 4, pa.map_(pa.string(), pa.int64())),
    },
    compression="gzip",
)
# Messages as structs; a member that a message does not have is null in a struct. zstd.
write(
    "messages",
    {
        "messages": pa.array(
            [
                [message("system", "Be brief."), message("user", "Hello", name="Ann")],
                [message("user", "One"), message("assistant", "Two"), message("user", "Three")],
            ],
            pa.list_(pa.struct([("role", pa.string()), ("content", pa.string()), ("name", pa.string())])),
        ),
        "prompt": pa.array(["Hello", "Three"]),
    },
    compression="zstd",
)
write("messages_json", {"messages": ['[{"role": "user", "content": "a"}]', '[{"role":"user","content":"b"}]']})
many = [f"Prompt {i}" for i in range(1000)]
write("many", {"prompt": many, "topic": [f"t{i % 10}" for i in range(1000)]}, compression="zstd", row_group_size=300)

write("bad_no_rows", {"prompt": pa.array([], pa.string())})
write("bad_no_prompt_column", {"question": ["a"], "len": [1]})
write("bad_both_columns", {"prompt": ["a"], "messages": ["[]"]})
write("bad_two_columns_of_a_name", pa.table([["a"], ["b"]], names=["prompt", "prompt"]))
write("bad_prompt_null", {"prompt": ["a", None]})
write("bad_prompt_empty", {"prompt": ["a", "b", ""]})
write("bad_prompt_number", {"prompt": [1]})
write("bad_prompt_not_utf8", {"prompt": pa.array([b"a", b"\xff"], pa.binary())})
write("bad_prompt_type", {"prompt": pa.array([[("a", 1)]], pa.map_(pa.string(), pa.int64()))})
write("bad_max_tokens_zero", {"prompt": ["a", "b"], "max_tokens": [1, 0]})
write("bad_max_tokens_half", {"prompt": ["a"], "max_tokens": [1.5]})
write("bad_messages_no_json", {"messages": ["["]})
write("bad_messages_empty", {"messages": pa.array([[]], pa.list_(pa.struct([("role", pa.string())])))})
write("bad_messages_no_role", {"messages": [[{"content": "a"}]]})
write("bad_messages_null", {"messages": pa.array([None], pa.string())})
whole = (FOLDER / "messages_json.parquet").read_bytes()
(FOLDER / "bad_cut.parquet").write_bytes(whole[: len(whole) // 2])
(FOLDER / "bad_no_parquet.parquet").write_bytes(b"prompt\na\n")
(FOLDER / "bad_empty.parquet").write_bytes(b"")
