#!/bin/sh
# sseclient 0.0.27 for Python drops the rest of an event's data after a U+2028, a U+2029 or a U+0085.
#
# What was done: a local server of the standard library sends one event per sign, whose data is JSON as JSON.stringify and
# json.dumps write it, with the sign between two letters. The client reads them; the answer names charset=utf-8.
# What was expected: lines of an event stream end with CR, LF or CRLF, nothing else (HTML, 9.2.5, "end-of-line"); all other
# signs belong to the data. U+2028 and U+0085 need no escape in JSON (RFC 8259, 7).
# What was seen: the event's text is divided with str.splitlines, which knows ten ends of lines, and what follows such a
# sign is no field and thus skipped: the data is '{"text": "a'. Without a charset in the answer it is read as Latin-1 in
# the first place, while the same chapter says that event streams are always UTF-8.
# Why it matters: U+2028 is what text editors write for a soft line break and what comes with pasted text. A consumer of a
# design server's events, in Python, loses those changes; whether it fails or skips depends on its JSON reader.
#
# Needs python 3.11 with venv and pip, and its registry. Fails when what it states is not so any more.
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check sseclient==0.0.27 requests==2.34.2

cat >see.py <<'PY'
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

from sseclient import SSEClient

SIGNS = ["\u2028", "\u2029", "\u0085", "\u00e9"]


class Events(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("content-type", "text/event-stream; charset=utf-8")
        self.end_headers()
        for sign in SIGNS:
            data = json.dumps({"text": f"a{sign}b"}, ensure_ascii=False)
            self.wfile.write(f"data: {data}\n\n".encode())

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Events)
threading.Thread(target=server.serve_forever, daemon=True).start()
for sign, event in zip(SIGNS, SSEClient(f"http://127.0.0.1:{server.server_port}/")):
    print(f"U+{ord(sign):04X}: {event.data}")
PY

env/bin/python see.py >output
cat output
cmp output - <<'SEEN'
U+2028: {"text": "a
U+2029: {"text": "a
U+0085: {"text": "a
U+00E9: {"text": "aéb"}
SEEN
