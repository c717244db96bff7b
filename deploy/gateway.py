#!/usr/bin/env python3
"""Plays the SMS and the e-mail gateway of a trial: prints each message instead of sending it. gateway.py [PORT]"""

import json
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer


class Gateway(BaseHTTPRequestHandler):
    def do_POST(self):
        message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        print(self.path, message["to"], message["text"], flush=True)
        self.send_response(202)
        self.end_headers()

    def log_message(self, *_):
        """The messages are enough."""


port = int(sys.argv[1]) if len(sys.argv) > 1 else 3001
HTTPServer(("127.0.0.1", port), Gateway).serve_forever()
