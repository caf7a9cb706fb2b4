# SPDX-License-Identifier: Apache-2.0
# A headless browser, steered over chromedriver's HTTP interface on the loopback device.

# browser_open FILE: starts the browser and opens the page.
browser_open() {
  needs chromedriver
  needs chromium
  chromedriver --port=0 --log-path="$PWD/driver.log" >driver.out 2>&1 3>&- &
  browser_pid=$!
  wait_until grep -q 'started successfully on port' driver.out
  browser_port=$(sed -nE 's/.*started successfully on port ([0-9]+).*/\1/p' driver.out)
  browser_session=
  browser_post session '{"capabilities": {"alwaysMatch": {"browserName": "chrome",
    "goog:loggingPrefs": {"performance": "ALL", "browser": "ALL"},
    "goog:chromeOptions": {"binary": "/usr/bin/chromium", "args": ["--headless=new", "--no-sandbox",
      "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1200,1500",
      "--user-data-dir='"$PWD"'/browser"]}}}}' >session.json
  browser_session=$(jq -r .value.sessionId session.json)
  [ "$browser_session" != null ] || { cat session.json; return 1; }
  browser_post url "{\"url\": \"file://$PWD/$1\"}" >/dev/null
}

browser_close() {
  [ -n "${browser_pid:-}" ] || return 0
  [ -z "${browser_session:-}" ] || curl -s -m 20 -X DELETE "$(browser_url '')" >/dev/null || true
  kill "$browser_pid" 2>/dev/null || true
  wait "$browser_pid" 2>/dev/null || true
  browser_pid=
}

browser_url() {
  echo "http://127.0.0.1:$browser_port/session${browser_session:+/$browser_session}${1:+/$1}"
}

# browser_post COMMAND JSON: prints the answer. COMMAND "session" starts one.
browser_post() {
  local command=$1
  [ "$command" != session ] || command=
  curl -s -m 60 -H 'Content-Type: application/json' -d "$2" "$(browser_url "$command")"
}

# browser_run SCRIPT: runs a function body in the page and prints what it returns, as JSON. An error,
# or a dialogue that somebody else opened, is no value and fails.
browser_run() {
  browser_post execute/sync "$(jq -n --arg s "$1" '{script: $s, args: []}')" >run.json
  jq -e '.value | type == "object" and has("error") | not' run.json >/dev/null || {
    cat run.json
    return 1
  }
  jq -c .value run.json
}

# browser_element SELECTOR: its id.
browser_element() {
  browser_post element "$(jq -n --arg s "$1" '{using: "css selector", value: $s}')" |
    jq -r '.value | to_entries[0].value'
}

# As a person would: browser_click SELECTOR, browser_type SELECTOR TEXT.
browser_click() {
  browser_post "element/$(browser_element "$1")/click" '{}' | jq -e '.value == null' >/dev/null
}

browser_type() {
  browser_post "element/$(browser_element "$1")/value" "$(jq -n --arg t "$2" '{text: $t}')" |
    jq -e '.value == null' >/dev/null
}

# The addresses that were asked for since the last call, one a line. The browser's own first tab
# asks for parts of the browser.
browser_requests() {
  browser_post se/log '{"type": "performance"}' |
    jq -r '.value[].message | fromjson | .message |
      select(.method == "Network.requestWillBeSent").params |
      select(.documentURL | startswith("chrome://") | not) | .request.url'
}

# What the browser has complained about since the last call.
browser_complaints() {
  browser_post se/log '{"type": "browser"}' | jq -r '.value[].message'
}
