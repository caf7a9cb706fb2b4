# SPDX-License-Identifier: Apache-2.0
"""memcached_load.py PORT CLIENTS KEYS: each client stores its keys and reads them back; prints a
line a client."""
import hashlib
import socket
import sys
import threading

port, clients, keys = map(int, sys.argv[1:])
lines = [None] * clients


def value(client, key):
    return (b"%d.%d " % (client, key)) * (1 + key % 60)


def client_run(client):
    stream = socket.create_connection(("127.0.0.1", port), timeout=10).makefile("rwb")
    digest = hashlib.sha256()
    for key in range(keys):
        data = value(client, key)
        stream.write(b"set %d.%d 0 0 %d\r\n%s\r\n" % (client, key, len(data), data))
        stream.flush()
        assert stream.readline() == b"STORED\r\n"
    for key in range(keys):
        stream.write(b"get %d.%d\r\n" % (client, key))
        stream.flush()
        for _ in range(3):
            digest.update(stream.readline())
    lines[client] = f"{client} {digest.hexdigest()}"


threads = [threading.Thread(target=client_run, args=(n,)) for n in range(clients)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert None not in lines
print("\n".join(lines))
