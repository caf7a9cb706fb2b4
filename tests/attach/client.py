# SPDX-License-Identifier: Apache-2.0
"""Asks a service until SIGTERM, without a pause or so many times a second, then prints one line:
requests, how many of them got no answer or a wrong one, and the slowest in milliseconds.

usage: client.py redis SOCKET | http PORT [RATE]
"""
import http.client
import signal
import socket
import sys
import time

PATIENCE_S = 20
ending = False


def end(_signal, _frame):
    global ending
    ending = True


class Redis:
    def __init__(self, place):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(PATIENCE_S)
        self.socket.connect(place)
        self.lines = self.socket.makefile("rb")

    def command(self, *words):
        text = b"*%d\r\n" % len(words)
        for word in words:
            text += b"$%d\r\n%s\r\n" % (len(word), word)
        self.socket.sendall(text)
        line = self.lines.readline()
        if line.startswith(b"$"):
            return self.lines.read(int(line[1:]) + 2)[:-2]
        return line.strip()

    def ask(self, number):
        key, value = b"key:%d" % (number % 5000), b"value %d " % number * (1 + number % 20)
        return (self.command(b"SET", key, value) == b"+OK" and self.command(b"GET", key) == value
                and self.command(b"LPUSH", b"list", value).startswith(b":")
                and self.command(b"LTRIM", b"list", b"0", b"999") == b"+OK")


class Http:
    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=PATIENCE_S)

    def ask(self, number):
        self.connection.request("GET", "/%d" % number)
        answer = self.connection.getresponse()
        return answer.status == 200 and answer.read().startswith(b"hello")


def main():
    signal.signal(signal.SIGTERM, end)
    make = {"redis": Redis, "http": Http}[sys.argv[1]]
    pause = 1 / float(sys.argv[3]) if len(sys.argv) > 3 else 0
    service, asked, wrong, slowest = make(sys.argv[2]), 0, 0, 0.0
    while not ending:
        time.sleep(pause)
        began = time.monotonic()
        try:
            good = service.ask(asked)
        except OSError as error:
            print(error, file=sys.stderr)
            good, service = False, make(sys.argv[2])
        asked, wrong = asked + 1, wrong + (not good)
        slowest = max(slowest, time.monotonic() - began)
    print(asked, wrong, round(slowest * 1000))


main()
