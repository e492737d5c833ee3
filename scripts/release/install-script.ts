/**
 * The script that installs a release. It carries the sums of its own release, so whoever trusts the script need not
 * trust the place the archives come from; that place is the caller's word: a URL, or a directory for machines without
 * a network.
 */
export function installScript(version: string, sums: string): string {
  return `#!/bin/sh
# Installs hubctl ${version}: sh install.sh <base-url-or-directory> [target]
# HUBCTL_BASE_URL may stand for the first argument; HUBCTL_BIN is where the program goes (~/.local/bin).
set -eu

sums='${sums.trim()}'

fail() { echo "install.sh: $*" >&2; exit 1; }

base=\${1:-\${HUBCTL_BASE_URL:-}}
[ -n "$base" ] || fail "say where the archives are: sh install.sh <base-url-or-directory>"

detect() {
  case "$(uname -s)" in
    Linux) system=linux ;;
    Darwin) system=darwin ;;
    *) fail "there is no build for $(uname -s); on Windows unpack hubctl-windows-x64.tar.gz" ;;
  esac
  case "$(uname -m)" in
    x86_64 | amd64) machine=x64 ;;
    aarch64 | arm64) machine=arm64 ;;
    *) fail "there is no build for $(uname -m)" ;;
  esac
  libc=
  if [ "$system" = linux ] && ldd --version 2>&1 | grep -qi musl; then libc=-musl; fi
  echo "$system-$machine$libc"
}

fetch() {
  case "$base" in
    *://*)
      if command -v curl >/dev/null; then curl -fsSL --proto '=https,http' -o "$2" "\${base%/}/$1"
      elif command -v wget >/dev/null; then wget -qO "$2" "\${base%/}/$1"
      else fail "curl or wget is needed"; fi ;;
    *) cp "\${base%/}/$1" "$2" ;;
  esac || fail "could not fetch $1 from $base"
}

sum() {
  if command -v sha256sum >/dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d ' ' -f 1
}

target=\${2:-$(detect)}
archive=hubctl-$target.tar.gz
expected=$(echo "$sums" | awk -v name="$archive" '$2 == name { print $1 }')
[ -n "$expected" ] || fail "hubctl ${version} was not built for $target"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fetch "$archive" "$work/$archive"
[ "$(sum "$work/$archive")" = "$expected" ] || fail "$archive is not the file of this release; nothing was installed"

bin=\${HUBCTL_BIN:-$HOME/.local/bin}
mkdir -p "$bin"
tar -C "$work" -xzf "$work/$archive"
# Renamed over, so that a hub that is running keeps its own file.
mv -f "$work/hubctl" "$bin/.hubctl.new"
mv -f "$bin/.hubctl.new" "$bin/hubctl"
echo "hubctl ${version} is at $bin/hubctl"
case ":$PATH:" in *":$bin:"*) ;; *) echo "Add $bin to your PATH" ;; esac
`;
}
