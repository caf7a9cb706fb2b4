# SPDX-License-Identifier: Apache-2.0
"""The programs that are measured.

A workload has a name, what it needs to be installed, and command(): the program to be recorded with
its arguments. One that is a service also has ready(), which says that it listens, and load(), which
sends it a bounded number of requests; it is then ended by a signal.
"""
import glob
import os
import random
import shutil
import signal
import socket
import subprocess
import time

BENCH = os.path.dirname(os.path.abspath(__file__))
QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "stdin": subprocess.DEVNULL}
REGISTRY = {}


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def write(path, lines):
    with open(path, "w", encoding="ascii") as file:
        file.writelines(lines)
    return path


class Workload:
    needs = ()
    owner = None  # another user, where it refuses to be root
    forks = False  # its work is done in child processes: heaptrack, which leaves them out, is not asked
    service = False
    end_signal = signal.SIGTERM
    environment = ()

    def __init__(self, name, work):
        self.name, self.work = name, work
        self.prepare()

    def prepare(self):
        """Makes inputs in self.work, once."""

    def input(self):
        return None

    def path(self, name):
        return os.path.join(self.work, name)


class Service(Workload):
    service = True

    def prepare(self):
        self.port = free_port()

    def before(self):
        """Before each start."""

    def ready(self):
        return listens(self.port)

    def wait(self, is_alive):
        for _ in range(1000):
            if self.ready():
                return
            if not is_alive():
                break
            time.sleep(0.02)
        raise RuntimeError(f"{self.name} does not listen")


def workload(name, *arguments):
    def register(kind):
        REGISTRY[name] = (kind, arguments)
        return kind
    return register


# ---- Services ------------------------------------------------------------------------------------

@workload("redis")
class Redis(Service):
    needs = ("redis-server", "redis-benchmark")

    def command(self):
        return ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "",
                "--appendonly", "no", "--dir", self.work]

    def load(self):
        subprocess.run(["redis-benchmark", "-p", str(self.port), "-t", "set,get,lpush", "-P", "16",
                        "-n", "150000", "-q"], check=True, **QUIET)


@workload("nginx")
class Nginx(Service):
    needs = ("nginx", "ab")

    def prepare(self):
        super().prepare()
        os.makedirs(self.path("html"), exist_ok=True)
        write(self.path("html/index.html"), [f"{i}\n" for i in range(500)])
        temporary = "".join(f"{kind}_temp_path {self.work}/{kind};\n" for kind in
                            ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        write(self.path("nginx.conf"), [f"""daemon off; master_process off; worker_processes 1;
pid {self.work}/nginx.pid; error_log stderr crit;
events {{ worker_connections 64; }}
http {{ access_log off; keepalive_requests 1000000;
{temporary} server {{ listen 127.0.0.1:{self.port}; root {self.work}/html; }} }}
"""])

    def command(self):
        return ["nginx", "-p", self.work, "-e", "stderr", "-c", self.path("nginx.conf")]

    def load(self):
        subprocess.run(["ab", "-q", "-k", "-n", "240000", "-c", "16",
                        f"http://127.0.0.1:{self.port}/index.html"], check=True, **QUIET)


@workload("memcached")
class Memcached(Service):
    """Its items stand in slabs that it allocates once. What goes on allocating is answers to a
    monitor, which asks for the state of the connections, and new connections."""
    needs = ("memcached",)
    BATCHES, ITEMS, QUESTIONS = 100, 400, 1500

    def command(self):
        user = ["-u", "root"] if os.geteuid() == 0 else []
        return ["memcached", "-p", str(self.port), "-l", "127.0.0.1", "-m", "64", "-t", "2", *user]

    def load(self):
        for batch in range(self.BATCHES):
            keys = [f"key{batch * self.ITEMS + i}" for i in range(self.ITEMS)]
            with socket.create_connection(("127.0.0.1", self.port)) as connection:
                connection.sendall("".join(f"set {key} 0 0 64 noreply\r\n{key:64}\r\n" for key in
                                           keys).encode())
                self.ask(connection, [f"get {key}\r\n" for key in keys])
                self.ask(connection, ["stats conns\r\n"] * self.QUESTIONS)

    def ask(self, connection, questions):
        connection.sendall("".join(questions).encode())
        ends, last = 0, b""
        while ends < len(questions):
            part = connection.recv(1 << 20)
            if not part:
                raise RuntimeError("memcached hung up")
            ends += (last + part).count(b"END\r\n")
            last = part[-4:]


@workload("mariadb")
class Mariadb(Service):
    needs = ("mariadbd", "mariadb-install-db", "mysqlslap")

    def prepare(self):
        super().prepare()
        self.data, self.socket = self.path("data"), self.path("socket")
        user = ["--user=root"] if os.geteuid() == 0 else []
        subprocess.run(["mariadb-install-db", "--no-defaults", f"--datadir={self.data}",
                        "--auth-root-authentication-method=normal", "--skip-test-db", *user],
                       check=True, **QUIET)

    def command(self):
        user = ["--user=root"] if os.geteuid() == 0 else []
        return ["mariadbd", "--no-defaults", f"--datadir={self.data}", f"--socket={self.socket}",
                f"--port={self.port}", "--bind-address=127.0.0.1", "--innodb-flush-log-at-trx-commit=0",
                "--innodb-buffer-pool-size=16M", f"--pid-file={self.path('pid')}", *user]

    TABLE = ("create table parts(number int primary key, name varchar(40), stock int);"
             "insert into parts select seq, concat('part ', seq % 17), seq % 101 from seq_1_to_2000")
    QUERY = ("select name, count(*), sum(stock) from parts where number < 20 "
             "group by name order by 2 desc limit 3")

    def load(self):
        subprocess.run(["mysqlslap", "--no-defaults", f"--socket={self.socket}", "--user=root",
                        "--create-schema=bench", "--concurrency=2", "--number-of-queries=60000",
                        "--delimiter=;", f"--create={self.TABLE}", f"--query={self.QUERY}"],
                       check=True, **QUIET)


@workload("postgres")
class Postgres(Service):
    needs = ("pgbench",)
    forks = True
    owner = "postgres"
    end_signal = signal.SIGINT  # fast: does not wait for clients
    environment = ("SEEP_CHILDREN=1",)

    def prepare(self):
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
        if not found:
            raise RuntimeError("postgres is not installed")
        self.programs, self.data = found[-1], self.path("data")
        self.as_owner([f"{self.programs}/initdb", "--no-sync", "-A", "trust", "-U", "postgres", "-D",
                       self.data])
        self.filled = False

    def as_owner(self, command):
        subprocess.run(self.prefix() + command, check=True, cwd=self.work, **QUIET)

    def prefix(self):
        if os.geteuid():
            return []
        return ["setpriv", f"--reuid={self.owner}", f"--regid={self.owner}", "--init-groups"]

    def command(self):
        return [f"{self.programs}/postgres", "-D", self.data, "-k", self.work, "-c",
                "listen_addresses=", "-c", "fsync=off", "-c", "shared_buffers=16MB", "-c",
                "autovacuum=off"]

    def pgbench(self, *arguments):
        subprocess.run(["pgbench", "-h", self.work, "-U", "postgres", *arguments, "postgres"],
                       check=True, **QUIET)

    def ready(self):
        return subprocess.run(["psql", "-h", self.work, "-U", "postgres", "-XAtc", "select 1",
                               "postgres"], **QUIET, check=False).returncode == 0

    def load(self):
        if not self.filled:
            self.pgbench("-i", "-q", "-s", "1")
            self.filled = True
        self.pgbench("-S", "-c", "2", "-t", "20000", "--random-seed=7", "-n")


# ---- Compilers -----------------------------------------------------------------------------------

SOURCE = """#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>
template <int N> struct Table {
  std::map<std::string, std::vector<int>> rows;
  std::unordered_map<int, std::unique_ptr<std::string>> names;
  int sum() const {
    int all = N;
    for (const auto &row : rows)
      for (int value : row.second) all += value;
    return all;
  }
  void add(const std::string &name, int value) {
    auto &row = rows[name + std::to_string(N)];
    row.push_back(value);
    std::sort(row.begin(), row.end(), [](int a, int b) { return a % (N + 2) < b % (N + 2); });
    names[value] = std::make_unique<std::string>(name);
  }
  int count(std::function<bool(int)> wanted) const {
    int all = 0;
    for (const auto &row : rows)
      all += static_cast<int>(std::count_if(row.second.begin(), row.second.end(), wanted));
    return all;
  }
};
"""


class Compiler(Workload):
    TABLES = 16

    def prepare(self):
        uses = [f"int use{i}() {{ Table<{i}> t; t.add(\"a\", {i}); "
                f"return t.sum() + t.count([](int v) {{ return v > {i}; }}); }}\n"
                for i in range(self.TABLES)]
        self.source = write(self.path("source.cc"), [SOURCE, *uses])


@workload("cc1plus")
class Cc1plus(Compiler):
    needs = ("g++",)

    def prepare(self):
        super().prepare()
        self.whole = self.path("source.ii")
        subprocess.run(["g++", "-E", self.source, "-o", self.whole], check=True)

    def command(self):
        program = subprocess.run(["g++", "-print-prog-name=cc1plus"], check=True, text=True,
                                 stdout=subprocess.PIPE).stdout.strip()
        return [program, "-quiet", "-fpreprocessed", "-O2", self.whole, "-o", "/dev/null"]


@workload("clang")
class Clang(Compiler):
    needs = ("clang++-14",)

    def command(self):
        return ["clang++-14", "-O2", "-c", self.source, "-o", "/dev/null"]


# ---- Tools ---------------------------------------------------------------------------------------

@workload("sqlite3")
class Sqlite(Workload):
    needs = ("sqlite3",)

    def prepare(self):
        chance = random.Random(1)
        lines = ["create table t(a integer primary key, b text, c real);\n", "begin;\n"]
        for i in range(30000):
            lines.append(f"insert into t values({i}, 'row {chance.randrange(1000)}', {i % 97}.5);\n")
        lines += ["commit;\n"] + [f"select b, count(*), avg(c) from t where a > {i * 50} group by b "
                                  "order by 2 desc limit 3;\n" for i in range(20)]
        self.script = write(self.path("script.sql"), lines)

    def command(self):
        return ["sqlite3", ":memory:"]

    def input(self):
        return self.script


@workload("xmllint")
class Xmllint(Workload):
    needs = ("xmllint",)

    def prepare(self):
        rows = [f'<row id="{i}"><name>entry {i}</name><tags><t/><t a="{i % 9}">x</t></tags></row>\n'
                for i in range(60000)]
        self.document = write(self.path("document.xml"), ["<rows>\n", *rows, "</rows>\n"])

    def command(self):
        return ["xmllint", "--noout", self.document]


@workload("jq")
class Jq(Workload):
    needs = ("jq",)

    def prepare(self):
        rows = ",\n".join(f'{{"id":{i},"name":"entry {i}","tags":["a","b{i % 9}"]}}'
                          for i in range(50000))
        self.document = write(self.path("document.json"), ["[", rows, "]\n"])

    def command(self):
        return ["jq", "length", self.document]


@workload("python3")
class Python(Workload):
    environment = ("PYTHONMALLOC=malloc",)
    needs = ("/usr/bin/python3",)

    def prepare(self):
        self.script = write(self.path("script.py"), ["""import json
data = [{"id": i, "name": f"entry {i}", "tags": ["a", str(i)]} for i in range(4000)]
for _ in range(6):
    data = json.loads(json.dumps(data))
    data.sort(key=lambda row: row["name"])
print(sum(len(row["tags"]) for row in data))
"""])

    def command(self):
        return ["/usr/bin/python3", self.script]


class Synthetic(Workload):
    pattern = None

    def command(self):
        return [os.path.join(self.work, "synthetic"), *map(str, self.pattern)]


def add_synthetic(name, *pattern):
    REGISTRY[name] = (type(name, (Synthetic,), {"pattern": pattern}), ())


for depth in 5, 20, 50:
    for threads in 1, 2, 4:
        add_synthetic(f"stacks-{depth}-{threads}", "stacks", depth, threads, 2000000 // threads)
add_synthetic("larson", "larson", "-", 2, 1500000)
add_synthetic("cfrac", "cfrac", "-", 1, 3000000)


def is_there(kind):
    return all(shutil.which(program) for program in kind.needs)


def make(name, work):
    kind, _ = REGISTRY[name]
    return kind(name, work)
