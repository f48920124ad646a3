#!/usr/bin/env bash
# Installs ONNX Runtime for `recserve bench score --peer onnxruntime`: the npm package ships the library for Linux, and its C API is what we call.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
npm install --ignore-scripts --no-save --no-package-lock --no-audit --no-fund onnxruntime-node@1.30.0
ls -l node_modules/onnxruntime-node/bin/napi-v6/linux/*/libonnxruntime.so.1
