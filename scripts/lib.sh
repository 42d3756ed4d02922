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

# A rustup installed for this user only is not always on the path.
if ! have cargo && [ -f "$HOME/.cargo/env" ]; then
	# shellcheck source=/dev/null
	. "$HOME/.cargo/env"
fi
