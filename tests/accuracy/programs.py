# SPDX-License-Identifier: Apache-2.0
"""Real programs under a load that asks for the same again and again, so that a site which keeps
more and more is one of ours. A program is started with a Recording, driven some units at a time,
and stopped; the load goes over unix sockets, pipes and 127.0.0.1, with a time limit on each step."""

import glob
import os
import pathlib
import pwd
import shutil
import socket
import subprocess
import time

HERE = pathlib.Path(__file__).resolve().parent
STEP_SECONDS = 60


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(what, seconds=15):
    """Waits for what() to return something true; an OSError of it means not yet."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            found = what()
            if found:
                return found
        except OSError:
            pass
        time.sleep(0.02)
    raise TimeoutError(f"not within {seconds} seconds")


def connect(address):
    family = socket.AF_INET if isinstance(address, tuple) else socket.AF_UNIX
    client = socket.socket(family, socket.SOCK_STREAM)
    client.settimeout(STEP_SECONDS)
    client.connect(address)
    return client


class Program:
    """What all have: one process of ours. units: those of one phase that the corpus runs."""

    name, needs, units = "", (), 1000

    @classmethod
    def installed(cls):
        return all(shutil.which(program) for program in cls.needs)

    def spawn(self, recording, command, environment, **more):
        self.recording = recording
        more.setdefault("stdout", open(recording.folder / "out", "wb"))
        self.process = subprocess.Popen(
            [str(word) for word in command],
            env=environment,
            stderr=open(recording.folder / "err", "wb"),
            cwd=recording.folder,
            **more,
        )
        recording.pid = self.process.pid

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(STEP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Asked(Program):
    """A program that answers on its standard output what it is told on its standard input."""

    def ask(self, text, answer):
        self.process.stdin.write(text.encode())
        self.process.stdin.flush()
        for line in self.process.stdout:
            if answer in line.decode(errors="replace"):
                return line.decode()
        raise RuntimeError(f"{self.name} ended: {(self.recording.folder / 'err').read_text()}")

    def spawn(self, recording, command, environment, **more):
        pipe = subprocess.PIPE
        super().spawn(recording, command, environment, stdin=pipe, stdout=pipe, **more)

    def stop(self):
        self.process.stdin.close()
        super().stop()


class Redis(Program):
    name, needs, units = "redis", ("redis-server", "redis-benchmark"), 1500
    big = "b" * 65000

    def start(self, recording):
        self.path = str(recording.folder / "redis.sock")
        command = ["redis-server", "--port", 0, "--unixsocket", self.path, "--save", ""]
        command += ["--appendonly", "no", "--dir", recording.folder]
        command += ["--slowlog-log-slower-than", -1]  # its entries are kept, more on a busy machine
        self.spawn(recording, command, recording.environment())
        until(lambda: connect(self.path))

    def commands(self, number):
        key = number % 64
        yield from (f"SET s{key} {'v' * (number % 500)}", f"GET s{key}", f"APPEND s{key} tail")
        yield from (f"HSET h{key} f{number % 9} {number}", f"HDEL h{key} f{number % 9}")
        yield from (f"ZADD z {number} m{key}", f"ZREM z m{key}", f"SADD set m{key}")
        yield from (f"LPUSH list {'l' * 100}", "RPOP list", f"DEL s{key}", f"SREM set m{key}")
        yield from ("MULTI", "INCR n", "EXEC", f"SET big {self.big}", f"EXPIRE big {100 + key}")
        yield from (f"SORT set{key} BY nosort", "SCAN 0 COUNT 5", f"XADD st MAXLEN 8 * f {number}")

    def drive(self, units):
        benchmark = ["redis-benchmark", "-s", self.path, "-q", "-c", "2", "-r", "64"]
        benchmark += ["-n", str(units), "-t", "set,get,lpush,lpop"]
        subprocess.run(benchmark, check=True, stdout=subprocess.DEVNULL, timeout=STEP_SECONDS)
        for first in range(0, units, 20):
            client = connect(self.path)
            for number in range(first, min(first + 20, units)):
                commands = list(self.commands(number))
                client.sendall("".join(f"{c}\r\n" for c in commands).encode())
            client.sendall(b"ECHO done-with-it\r\n")
            tail = b""
            while b"done-with-it\r\n" not in tail:
                tail = tail[-20:] + client.recv(1 << 20)
            client.close()


class Nginx(Program):
    name, needs, units = "nginx", ("nginx",), 2500
    text = """daemon off; master_process off; worker_processes 1; pid {folder}/nginx.pid;
error_log stderr crit;
events {{ worker_connections 64; }}
http {{
  access_log off; gzip on; gzip_types *; large_client_header_buffers 4 16k;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{ listen 127.0.0.1:{port}; root {folder}/html; client_body_buffer_size 32k;
    location /again {{ proxy_pass http://127.0.0.1:{port}/; proxy_buffer_size 8k; }} }}
}}
"""

    def start(self, recording):
        folder = recording.folder
        self.address = ("127.0.0.1", free_port())
        (folder / "html").mkdir()
        (folder / "html/index.html").write_text("\n".join(map(str, range(4000))))
        text = self.text.format(folder=folder, port=self.address[1])
        (folder / "nginx.conf").write_text(text)
        command = ["nginx", "-p", folder, "-e", "stderr", "-c", folder / "nginx.conf"]
        self.spawn(recording, command, recording.environment())
        until(lambda: connect(self.address))

    def fetch(self, number):
        path = ("/", "/missing", "/again/", "/?" + "q" * 3000)[number % 4]
        gzip = "Accept-Encoding: gzip\r\n" if number % 3 == 0 else ""
        body = "x" * 20000 if number % 5 == 0 else ""
        client = connect(self.address)
        head = f"POST {path} HTTP/1.0\r\nHost: localhost\r\n{gzip}Content-Length: {len(body)}\r\n"
        client.sendall((head + "\r\n" + body).encode())
        while client.recv(1 << 16):
            pass
        client.close()

    def drive(self, units):
        for number in range(units):
            self.fetch(number)


class Memcached(Program):
    name, needs, units = "memcached", ("memcached",), 1500
    steps = ("stats", "stats items", "stats slabs", "stats settings", "stats sizes", "stats conns")

    def start(self, recording):
        self.address = ("127.0.0.1", free_port())
        command = ["memcached", "-u", "nobody", "-l", "127.0.0.1", "-p", self.address[1]]
        command += ["-t", 2, "-m", 64]
        self.spawn(recording, command, recording.environment())
        until(lambda: connect(self.address))

    def ask(self, client, line, end):
        client.sendall(line.encode() + b"\r\n")
        answer = b""
        while not answer.endswith(end):
            answer = answer[-1024:] + client.recv(1 << 20)

    def drive(self, units):
        for first in range(0, units, 2):
            client = connect(self.address)
            for number in range(first, min(first + 2, units)):
                body = "v" * (10 + 977 * (number % 60))
                self.ask(client, f"set k{number % 64} 0 0 {len(body)}\r\n{body}", b"STORED\r\n")
                keys = " ".join(f"k{key}" for key in range(number % 64))
                self.ask(client, f"get k0 {keys}", b"END\r\n")
                self.ask(client, self.steps[number % len(self.steps)], b"END\r\n")
            client.close()


class Postgres(Asked):
    """psql is not recorded: the process that is looked at is the one that serves it."""

    name, units = "postgres", 400
    statements = """SELECT md5(string_agg(x::text, ',')) FROM generate_series(1, 400) x;
SELECT count(*) FROM (SELECT x % 37, sum(x) FROM generate_series(1, 2000) x GROUP BY 1) t;
BEGIN; INSERT INTO t VALUES (1, repeat('x', 5000)); DELETE FROM t; COMMIT;
SELECT count(*) FROM a JOIN b USING (id) WHERE a.v <> b.v;
DO $$ DECLARE i int; BEGIN FOR i IN 1..20 LOOP PERFORM i * 2; END LOOP; END $$;
SELECT x FROM generate_series(1, 300) x ORDER BY md5(x::text) LIMIT 1;
"""

    @classmethod
    def installed(cls):
        return bool(cls.folder())

    @staticmethod
    def folder():
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
        return pathlib.Path(found[-1]) if found else None

    def owner(self):
        """The server refuses to be root."""
        if os.geteuid():
            return {}
        user = pwd.getpwnam("postgres")
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}

    def start(self, recording):
        folder, data = self.folder(), recording.folder / "data"
        init = [folder / "initdb", "--no-sync", "-A", "trust", "-U", "postgres", "-D", data]
        subprocess.run(
            init, check=True, stdout=subprocess.DEVNULL, cwd=recording.folder, **self.owner()
        )
        command = [folder / "postgres", "-D", data, "-k", recording.folder, "-c", "fsync=off"]
        command += ["-c", "listen_addresses=", "-c", "shared_buffers=16MB", "-c", "autovacuum=off"]
        environment = recording.environment(SEEP_CHILDREN="1")
        Program.spawn(self, recording, command, environment, **self.owner())
        self.server = self.process
        client = [folder / "psql", "-h", recording.folder, "-U", "postgres", "-XqAt", "postgres"]
        until(lambda: subprocess.run([*client, "-c", ""], capture_output=True).returncode == 0)
        super().spawn(recording, client, {"PATH": os.environ["PATH"]}, **self.owner())
        self.prepare(recording)

    def prepare(self, recording):
        pid = self.ask("SELECT 'pid ' || pg_backend_pid();\n", "pid ")
        recording.pid = int(pid.split()[1])
        self.ask(
            "CREATE TABLE t (a int, b text); CREATE TABLE a (id int, v int);"
            "INSERT INTO a SELECT x, x FROM generate_series(1, 500) x;"
            "CREATE TABLE b AS SELECT id, v + 1 AS v FROM a; SELECT 'prepared';\n",
            "prepared",
        )

    def drive(self, units):
        for first in range(0, units, 20):
            self.ask(self.statements * min(20, units - first) + "SELECT 'so far';\n", "so far")

    def stop(self):
        super().stop()
        self.process = self.server
        Program.stop(self)
        shutil.rmtree(self.recording.folder / "data")


class Sqlite(Asked):
    name, needs, units = "sqlite3", ("sqlite3",), 800
    statements = """INSERT INTO t SELECT value, hex(randomblob(200)) FROM generate_series(1, 20);
SELECT count(*) FROM (SELECT b FROM t ORDER BY b);
SELECT count(*) FROM t JOIN u ON t.a = u.a;
SELECT length(group_concat(b)) FROM t;
SELECT json_extract('{"a": [1, 2, {"b": 3}]}', '$.a[2].b');
CREATE TEMP TABLE x AS SELECT a, upper(b) AS c FROM t; DROP TABLE x;
SELECT length(zeroblob(60000) || 'x');
DELETE FROM t;
"""

    def start(self, recording):
        self.spawn(recording, ["sqlite3", "-batch", ":memory:"], recording.environment())
        self.ask(
            "CREATE TABLE t (a INTEGER, b TEXT); CREATE TABLE u (a INTEGER PRIMARY KEY, d);\n"
            "INSERT INTO u SELECT value, 1 FROM generate_series(1, 50);\n"
            + self.told("prepared"),
            "prepared",
        )

    @staticmethod
    def told(word):
        """A word, and enough behind it to fill the buffer of the program's output."""
        return f".print {word}\n.print {'-' * 4000}\n.print {'-' * 4000}\n"

    def drive(self, units):
        for first in range(0, units, 20):
            self.ask(self.statements * min(20, units - first) + self.told("so-far"), "so-far")


class Python(Asked):
    name, needs, units = "python3", ("/usr/bin/python3",), 400

    def start(self, recording):
        environment = recording.environment(PYTHONMALLOC="malloc", PYTHONHASHSEED="1")
        script = HERE / "inputs/steady.py"
        self.spawn(recording, ["/usr/bin/python3", "-I", script], environment)
        self.ask("0\n", "done")

    def drive(self, units):
        self.ask(f"{units}\n", "done")


class Sessiond(Program):
    """units are the sessions, of which three in four expire. Here nothing leaks by itself."""

    name, units = "sessiond", 300

    def start(self, recording):
        command = [recording.tools.targets / "sessiond", "--port", 0, "--expiry", 600]
        self.spawn(recording, [*command, "--fixed"], recording.environment())
        self.port = until(lambda: (recording.folder / "out").read_text().strip())

    def drive(self, units):
        load = [self.recording.tools.targets / "sessionload", "--port", self.port]
        load += ["--sessions", str(units), "--connections", "4", "--timeout", str(STEP_SECONDS)]
        subprocess.run(load, check=True, stdout=subprocess.DEVNULL, timeout=STEP_SECONDS)


PROGRAMS = (Redis, Nginx, Memcached, Postgres, Sqlite, Python, Sessiond)
