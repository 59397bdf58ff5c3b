"""What schemathesis is told of Candela's media types: alerts travel as bytes."""
import json

import schemathesis


def as_bytes(ctx, value):
    if isinstance(value, bytes):
        return value
    return value.encode() if isinstance(value, str) else json.dumps(value).encode()


@schemathesis.serializer("application/avro", "application/x-ndjson")
def alerts(ctx, value):
    return as_bytes(ctx, value)
