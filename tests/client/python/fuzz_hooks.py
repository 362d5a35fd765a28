"""Gives many of the calls that are made up ids of things that are there: else nearly all of them would end at
`object-not-found`. `FUZZ_THINGS` holds them as JSON: for each kind one that stays, and some that may go.
"""

import json
import os
import zlib

import schemathesis

THINGS = json.loads(os.environ.get("FUZZ_THINGS", "{}"))
KINDS = {"teamId": "team", "projectId": "project", "fileId": "file", "shareId": "link"}


def kind_of(key, method):
    if key != "id":
        return KINDS.get(key)
    return next((kind for kind in ("link", "file", "project", "team") if kind in method.split("-")), None)


def fill(values, method):
    """Three of four, chosen by what is called, so that the same seed makes the same calls."""
    for key in [key for key, value in values.items() if isinstance(value, str)]:
        kind = kind_of(key, method)
        number = zlib.crc32(repr((method, key, sorted(map(repr, values.items())))).encode())
        if kind not in THINGS or number % 4 == 0:
            continue
        ends = method.startswith(("delete-", "leave-"))
        things = THINGS[kind]["spare" if ends else "kept"]
        values[key] = things[number % len(things)]


@schemathesis.hook
def before_call(context, case, kwargs):
    method = case.operation.path.strip("/")
    for values in (case.body, case.query):
        if isinstance(values, dict):
            fill(values, method)
