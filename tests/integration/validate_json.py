"""Holds JSON files to a schema: validate_json.py SCHEMA FILE ...

Prints what is wrong, one line each, and exits with 1 where anything is; with 77 where jsonschema is not installed.
"""

import json
import sys

try:
    import jsonschema
except ImportError:
    print("the Python package jsonschema is not installed (Debian: python3-jsonschema)")
    sys.exit(77)


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


schema = load(sys.argv[1])
jsonschema.Draft202012Validator.check_schema(schema)
wrong = 0
for path in sys.argv[2:]:
    for error in jsonschema.Draft202012Validator(schema).iter_errors(load(path)):
        print(f"{path}: {'/'.join(map(str, error.absolute_path))}: {error.message[:300]}")
        wrong += 1
sys.exit(1 if wrong else 0)
