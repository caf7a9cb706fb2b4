#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The page, in a real browser: clicks, searches, and nothing fetched.
load export
load browser

teardown() {
  browser_close
  puppet_end
}

# page OPTION...: opens t.seep as a page.
page() {
  "$SEEP" export -f html -o page.html "$@" t.seep
  browser_open page.html
}

# is SCRIPT: an expression over the page that must be true.
is() {
  [ "$(browser_run "return $1")" = true ] || fails "not so: $1: $(browser_run 'return document.body.innerText')"
}

@test "table, time line and flame graph show the interval; nothing is fetched or complained about" {
  marked_trace t.seep
  page --from warm --to after
  is 'document.querySelectorAll("#sites tbody tr").length >= 1'
  is 'document.querySelector("#sites tbody").innerText.includes("puppet_take puppet.c:")'
  is '[...document.querySelectorAll("#timeline .mark text")].map(t => t.textContent).includes("warm")'
  is 'document.querySelector("#timeline .outstanding").getBBox().height > 10'
  is 'document.querySelector("#flame button").textContent == "all"'
  is 'document.querySelector("#flame").innerText.includes("puppet_take")'
  is 'getComputedStyle(document.querySelector("#flame button")).position == "absolute"'
  [ "$(browser_requests | sort -u)" = "file://$PWD/page.html" ]
  [ -z "$(browser_complaints)" ]
}

@test "the flame graph's figures are the report's, whichever is chosen" {
  puppet_trace t.seep "alloc 10 1001" "thread 5 30" "free 3"
  page
  bytes=$("$SEEP" report --format json t.seep | jq .totals.outstanding_bytes)
  count=$("$SEEP" report --format json t.seep | jq .totals.allocations)
  is "document.getElementById('pointed').textContent.includes('($(printf "%'d" "$bytes" | LC_ALL=C sed -E ':a;s/([0-9])([0-9]{3})($|,)/\1,\2\3/;ta') B), 100.00 %')"
  browser_click '#value option:nth-child(4)'
  is "document.getElementById('pointed').textContent == 'all: $count, 100.00 %'"
}

@test "a click zooms in, the button goes back to the whole" {
  puppet_trace t.seep "alloc 10 1001" "thread 5 30" "free 3"
  page
  browser_run '[...document.querySelectorAll("#flame button")].find(b => b.textContent == "puppet_take").id = "goal"; return 0'
  is 'document.getElementById("goal").offsetWidth < document.getElementById("flame").clientWidth'
  browser_click '#goal'
  is 'document.getElementById("pointed").textContent.startsWith("puppet_take: ")'
  is '[...document.querySelectorAll("#flame button")].at(-1).textContent == "puppet_take"'
  is 'document.querySelectorAll("#flame .above").length >= 3'
  is '[...document.querySelectorAll("#flame button")].every(b => Math.abs(b.offsetWidth - document.getElementById("flame").clientWidth) < 2)'
  browser_click '#reset'
  is 'document.querySelectorAll("#flame .above").length == 0'
  is 'document.getElementById("pointed").textContent.startsWith("all: ")'
}

@test "a search marks frames, counts them, and sums what they hold" {
  puppet_trace t.seep "alloc 10 1001" "free 3"
  page
  browser_type '#search' 'PUPPET_take'
  is 'document.querySelectorAll("#flame .found").length == 1'
  is 'document.getElementById("found").textContent.startsWith("1 frames, 6.84 KiB (7,007 B), ")'
  browser_type '#search' 'x'
  is 'document.querySelectorAll("#flame .found").length == 0'
  is 'document.getElementById("found").textContent.startsWith("0 frames, 0 B")'
}

@test "the page's policy forbids scripts, styles and addresses that are not its own" {
  puppet_trace t.seep "alloc 10 1001"
  page
  browser_requests >/dev/null
  browser_run '
    window.broken = 0;
    document.addEventListener("securitypolicyviolation", () => window.broken++);
    const script = document.createElement("script");
    script.textContent = "window.ran = true";
    document.body.append(script);
    new Image().src = "http://127.0.0.1:9/x";
    fetch("http://127.0.0.1:9/y").catch(() => 0);
    const style = document.createElement("style");
    style.textContent = "body { color: red }";
    document.head.append(style);
    return 0'
  wait_until is 'window.broken >= 4'
  is '!window.ran'
  is 'getComputedStyle(document.body).color != "rgb(255, 0, 0)"'
}

# A program whose file, arguments and functions are called as no program should be, and that is
# marked likewise.
hostile_trace() {
  local folder='<img src=x onerror=alert(1)>"&' name=$'</script><script>alert(2)<\'script>'
  mkdir -p "$folder"
  name=${name//\//}
  objcopy --strip-debug --redefine-sym puppet_take='</script><script>alert(3)</script>' \
    --redefine-sym puppet_alloc="$(printf 'x%.0s' {1..10000})" "$PUPPET" "$folder/$name"
  "$SEEP" run -o t.seep -- "$folder/$name" $'</title><script>alert(4)</script>\n\e[31m' \
    < <(echo alloc 10 1001) >/dev/null 2>run.err
  "$SEEP" mark t.seep $'</svg><script>alert(5)</script>\n"\'>'
}

@test "hostile names are shown, and are nothing but text" {
  command -v objcopy >/dev/null || skip "no objcopy"
  hostile_trace
  page
  is 'document.scripts.length == 2 && document.images.length == 0'
  is 'document.title.startsWith("seep: ")'
  is '[...document.querySelectorAll("#flame button")].some(b => b.textContent == "</script><script>alert(3)</script>")'
  is '[...document.querySelectorAll("#flame button")].some(b => /^x{400}$/.test(b.textContent))'
  is 'document.querySelector("code").textContent.includes("</title><script>alert(4)</script>\ufffd")'
  is '[...document.querySelectorAll("#timeline title")].some(t => t.textContent.includes("</svg><script>"))'
  browser_type '#search' 'script><script>alert(3)'
  is 'document.querySelectorAll("#flame .found").length == 1'
  [ "$(browser_requests | sort -u)" = "file://$PWD/page.html" ]
  [ -z "$(browser_complaints)" ]
}
