"""Reads one Avro datum from stdin with the schema of the last file (earlier ones define what it names); prints JSON."""
import datetime
import io
import json
import sys

import fastavro
from fastavro.schema import fingerprint, parse_schema, to_parsing_canonical_form

named = {}
for path in sys.argv[1:]:
    with open(path) as file:
        schema = json.load(file)
    schema = parse_schema(schema, named_schemas=named)


def plain(value):
    if isinstance(value, datetime.datetime):
        return value.isoformat(timespec='milliseconds')
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, dict):
        return {name: plain(part) for name, part in value.items()}
    if isinstance(value, list):
        return [plain(part) for part in value]
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 2**53:
        return str(value)
    return value


stream = io.BytesIO(sys.stdin.buffer.read())
record = fastavro.schemaless_reader(stream, schema)
print(json.dumps({
    'record': plain(record),
    'rest': len(stream.read()),
    'fingerprint': fingerprint(to_parsing_canonical_form(schema), 'CRC-64-AVRO'),
}))
