#!/usr/bin/env bash
# Installs the Debian packages that the tests use, or says which are missing. The product itself needs none of them.
set -uo pipefail

#  package        a file or program that shows it is there
needed=(
  "curl           curl"
  "python3        /usr/bin/python3"
  "python3-numpy  /usr/lib/python3/dist-packages/numpy"
  "redis-server   redis-server"
  "librdkafka1    /usr/lib/x86_64-linux-gnu/librdkafka.so.1"
  "kcat           kcat"
  "protobuf-compiler protoc"
  "python3-protobuf  /usr/lib/python3/dist-packages/google/protobuf"
)

missing=()
for line in "${needed[@]}"; do
  read -r package sign <<<"$line"
  case $sign in
    /*) [ -e "$sign" ] ;;
    *) command -v "$sign" >/dev/null ;;
  esac || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
  echo "Installing ${missing[*]} (the tests use them)…"
  export DEBIAN_FRONTEND=noninteractive
  # The tests start servers of their own: installing must not start one on the usual port.
  policy=/usr/sbin/policy-rc.d
  if [ ! -e $policy ]; then
    printf '#!/bin/sh\nexit 101\n' >$policy && chmod +x $policy
    trap 'rm -f $policy' EXIT
  fi
  if apt-get update -qq >/dev/null 2>&1 && apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null 2>&1; then
    exit 0
  fi

  echo "Installing failed: the tests that use them will be skipped or fail."
  exit 1
fi

echo "Missing: ${missing[*]}. The tests that use them will be skipped; 'apt-get install ${missing[*]}' as root brings them."
