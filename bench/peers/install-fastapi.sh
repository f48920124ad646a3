#!/usr/bin/env bash
# Installs FastAPI, uvicorn and torch with OpenBLAS from Debian for bench/peers/fastapi.sh. Needs root.
set -euo pipefail
apt-get install --yes --no-install-recommends python3-torch python3-fastapi python3-uvicorn python3-numpy libopenblas0-pthread
