# Copyright (C) AIVM developers
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# What every script shares: the folders, the environment of a build, and how progress is said.

set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# Build outputs live outside the checkout, so that another checkout reuses the compiled dependencies.
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/aivm/target}
export CARGO_TERM_COLOR=${CARGO_TERM_COLOR:-auto}
BIN=$CARGO_TARGET_DIR/release
REPORTS=$ROOT/target/reports

say() { printf '\n==> [%s] %s\n' "$(date +%H:%M:%S)" "$*"; }
fail() { printf 'error: %s\n' "$*" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# Installs Debian packages.
install_packages() {
	have apt-get || fail "missing: $*. Install them with your system's package manager, then run this again"
	say "installing system packages: $*"
	as_root apt-get update -qq
	as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
}
as_root() {
	if [ "$(id -u)" = 0 ]; then "$@"; elif have sudo; then sudo "$@"; else
		fail "installing system packages needs root: run this as root once, or install sudo"
	fi
}

# A rustup installed for this user only is not always on the path.
if ! have cargo && [ -f "$HOME/.cargo/env" ]; then
	# shellcheck source=/dev/null
	. "$HOME/.cargo/env"
fi
