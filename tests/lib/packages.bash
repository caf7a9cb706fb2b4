# SPDX-License-Identifier: Apache-2.0
# Installs what is missing of tests/lib/packages. Source it; needs Debian, and root or sudo when
# something is missing.

# packages_missing KIND...: names of the packages of these kinds (build, test, bench) not
# installed.
packages_missing() {
  local list kind name
  list=$(dirname "${BASH_SOURCE[0]}")/packages
  while read -r kind name; do
    [[ " $* " == *" $kind "* ]] || continue
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null) == installed ]] || echo "$name"
  done < <(grep -v '^#' "$list")
}

packages_root() {
  if ((EUID == 0)); then
    env DEBIAN_FRONTEND=noninteractive "$@"
  else
    sudo -n env DEBIAN_FRONTEND=noninteractive "$@"
  fi
}

# packages_install KIND...: returns non-zero when something cannot be installed. Services that a
# package brings are not started: the tests start their own.
packages_install() {
  local missing
  mapfile -t missing < <(packages_missing "$@")
  ((${#missing[@]})) || return 0
  echo "installing: ${missing[*]}"
  if ! command -v apt-get >/dev/null; then
    echo "this is no Debian: install what these packages hold by hand" >&2
    return 1
  fi
  if ((EUID)) && ! sudo -n true 2>/dev/null; then
    echo "installing needs root, or sudo without a password" >&2
    return 1
  fi
  packages_root apt-get update -qq &&
    packages_root env RUNLEVEL=1 apt-get install -y -qq --no-install-recommends "${missing[@]}" \
      </dev/null
}
