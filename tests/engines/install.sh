#!/bin/sh
# Installs the real programs the tests drive: Debian's packages, as root, only those that are missing, and
# Node's packages into .cache/engines, exactly those of package-lock.json.
# Elsewhere it says what is missing; the tests concerned are then skipped, or fail where CI=true.
set -eu
cd "$(dirname "$0")"

node_packages() {
    folder=../../.cache/engines
    if cmp -s package-lock.json "$folder/installed.json"; then
        return
    fi
    if ! command -v npm > /dev/null 2>&1; then
        echo "Not installed without npm, so its tests are skipped: pouchdb-server"
        return
    fi
    echo "Installing with npm: pouchdb-server"
    mkdir -p "$folder"
    cp package.json package-lock.json "$folder"
    if (cd "$folder" && npm ci --ignore-scripts --no-audit --no-fund --silent); then
        cp package-lock.json "$folder/installed.json"
    else
        echo "npm could not install: pouchdb-server" >&2
    fi
}

missing=""
while read -r program package; do
    if [ -n "$program" ] && ! command -v "$program" > /dev/null 2>&1; then
        missing="$missing $package"
    fi
done << 'END'
zsh zsh
fish fish
sshd openssh-server
ssh openssh-client
node nodejs
npm npm
systemd-analyze systemd
openssl openssl
END

if [ -z "$missing" ]; then
    node_packages
    exit 0
fi
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get > /dev/null 2>&1; then
    echo "Not there (and apt-get or root is missing to install them):$missing"
    node_packages
    exit 0
fi
echo "Installing with apt-get:$missing"
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086 # a list of words
if ! { apt-get update -qq && apt-get install -y -qq --no-install-recommends $missing > /dev/null; }; then
    echo "apt-get could not install:$missing" >&2
fi
node_packages
