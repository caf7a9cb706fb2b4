# SPDX-License-Identifier: Apache-2.0
"""A web server that keeps something of its last requests. usage: service.py PORT"""
import http.server
import json
import sys

kept = []


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # header and body in one segment

    def do_GET(self):
        kept.append(bytearray(700 + len(self.path) * 100))
        del kept[:-200]
        body = b"hello " + json.dumps({"path": self.path, "numbers": list(range(50))}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
