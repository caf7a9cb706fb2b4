// SPDX-License-Identifier: Apache-2.0
// A service in Rust: a line of its input is a number of sessions to open and close. One in three
// forgets its name when it is closed; the log is bounded, the routes are made at the start.
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::io::BufRead;

struct Session {
    number: u64,
    name: String,
    draft: Vec<u8>,
}

struct Server {
    sessions: HashMap<u64, Box<Session>>,
    log: VecDeque<String>,
    routes: BTreeMap<String, u64>,
}

fn load_routes() -> BTreeMap<String, u64> {
    (0..200).map(|number| (format!("/route/{}", number), number)).collect()
}

impl Server {
    fn open(&mut self, number: u64) {
        let name = format!("session {}", number);
        let draft = vec![0u8; 1024];
        self.sessions.insert(number, Box::new(Session { number, name, draft }));
    }

    fn note(&mut self, text: String) {
        self.log.push_back(text);
        if self.log.len() > 50 {
            self.log.pop_front();
        }
    }

    fn close(&mut self, number: u64) {
        let session = self.sessions.remove(&number).unwrap();
        if session.number % 3 == 0 {
            std::mem::forget(session.name);
        }
        self.note(format!("closed {} with {}", number, session.draft.len()));
    }
}

fn main() {
    let mut server = Server { sessions: HashMap::new(), log: VecDeque::new(), routes: load_routes() };
    let mut next = 0;
    for line in std::io::stdin().lock().lines() {
        let count: u64 = line.unwrap().trim().parse().unwrap();
        for number in next..next + count {
            server.open(number);
            server.close(number);
        }
        next += count;
        println!("{} sessions, {} routes", next, server.routes.len());
    }
}
