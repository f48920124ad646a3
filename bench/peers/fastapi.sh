#!/usr/bin/env bash
# /usr/bin/python3: the one that Debian's packages belong to.
# Serves a package by FastAPI and torch for `recserve bench http --peer`: fastapi.sh PKG PORT. install-fastapi.sh installs what it needs.
set -euo pipefail
exec /usr/bin/python3 "$(dirname "${BASH_SOURCE[0]}")/fastapi_torch.py" "$@"
