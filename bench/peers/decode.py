"""Decodes a file of framed alerts with fastavro, once for every line on stdin; answers each with a line.

usage: decode.py SCHEMA.avsc FRAMES   (FRAMES: each 4-byte big-endian length, then a frame)
"""
import io
import json
import struct
import sys

import fastavro

schema = fastavro.parse_schema(json.load(open(sys.argv[1])))
data = open(sys.argv[2], 'rb').read()
frames = []
position = 0
while position < len(data):
    (length,) = struct.unpack_from('>I', data, position)
    frames.append(data[position + 4:position + 4 + length])
    position += 4 + length
print(f'fastavro {fastavro.__version__}, Python {sys.version.split()[0]}', flush=True)
for _ in sys.stdin:
    for frame in frames:
        alert = fastavro.schemaless_reader(io.BytesIO(frame[5:]), schema)
    print(alert['diaSourceId'], flush=True)
