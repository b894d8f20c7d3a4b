#!/bin/sh
# Installs the real programs the tests drive: Debian's packages, as root, only those that are missing.
# Elsewhere it says what is missing; the tests concerned are then skipped, or fail where CI=true.
set -eu

missing=""
while read -r program package; do
    if [ -n "$program" ] && ! command -v "$program" > /dev/null 2>&1; then
        missing="$missing $package"
    fi
done << 'END'
zsh zsh
fish fish
END

if [ -z "$missing" ]; then
    exit 0
fi
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get > /dev/null 2>&1; then
    echo "Not there (and apt-get or root is missing to install them):$missing"
    exit 0
fi
echo "Installing with apt-get:$missing"
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086 # a list of words
if ! { apt-get update -qq && apt-get install -y -qq --no-install-recommends $missing > /dev/null; }; then
    echo "apt-get could not install:$missing" >&2
fi
