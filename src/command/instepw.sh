#!/bin/sh
# Runs the instep that this repo pins: ./instepw test, ./instepw ci. It is fetched once, and held against its checksum
# at every run. Made by `instep ci --print wrapper` from [ci.wrapper] in instep.toml; `instep doctor` tells when the
# two have drifted apart.
set -eu

version=@VERSION@

fail() {
    code=$1
    shift
    printf 'instepw: %s\n' "$*" >&2
    exit "$code"
}

case $(uname -s)-$(uname -m) in
Darwin-x86_64) platform=darwin-amd64 ;;
Darwin-arm64) platform=darwin-arm64 ;;
Linux-x86_64 | Linux-amd64) platform=linux-amd64 ;;
Linux-aarch64 | Linux-arm64) platform=linux-arm64 ;;
*) fail 7 "there is no instep for $(uname -s) on $(uname -m)" ;;
esac

case $platform in
@SUMS@
*) fail 7 "no checksum of instep $version for $platform is known: add it to [ci.wrapper] in instep.toml, then run instep ci --print wrapper >instepw" ;;
esac

url="@URL@"

if command -v sha256sum >/dev/null 2>&1; then
    sum() { sha256sum <"$1" | cut -d ' ' -f 1; }
elif command -v shasum >/dev/null 2>&1; then
    sum() { shasum -a 256 <"$1" | cut -d ' ' -f 1; }
else
    fail 7 "neither sha256sum nor shasum is installed"
fi

# What is not there yet, or not whole, has another name; so two of these can run at once.
fetch() {
    mkdir -p "$dir" || fail 1 "$dir can't be made; XDG_CACHE_HOME names another place"
    new=$(mktemp "$dir/new.XXXXXX") || fail 1 "$dir can't be written; XDG_CACHE_HOME names another place"
    trap 'rm -f "$new"' EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
    printf 'instepw: fetching instep %s for %s\n' "$version" "$platform" >&2
    if command -v curl >/dev/null 2>&1; then
        curl --fail --silent --show-error --location --output "$new" "$url" || fail 1 "$url can't be fetched"
    elif command -v wget >/dev/null 2>&1; then
        wget -q -O "$new" "$url" || fail 1 "$url can't be fetched"
    else
        fail 7 "neither curl nor wget is installed"
    fi
    found=$(sum "$new")
    [ "$found" = "$sha256" ] || fail 6 "$url is not what was pinned: its sha256 is $found, not $sha256"
    chmod 755 "$new"
    mv -f "$new" "$program"
    trap - EXIT HUP INT TERM
}

dir=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/instep/bin/$version-$(printf '%.12s' "$sha256")
program=$dir/instep
if [ ! -f "$program" ] || [ "$(sum "$program")" != "$sha256" ]; then
    fetch
fi
# Tasks that call instep mean this one.
PATH=$dir:$PATH
export PATH
exec "$program" "$@"
