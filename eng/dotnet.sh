# Sourced by ./recserve and ./test.sh: finds the .NET SDK, also in a poor environment, and keeps it quiet.
# Expects $root, the repository root.

export PATH="${PATH:-/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin}"
if [ -z "${HOME:-}" ]; then
  HOME=$(getent passwd "$(id -u)" | cut -d : -f 6 || true)
fi
if [ -z "${HOME:-}" ] || [ ! -w "$HOME" ]; then
  # The SDK and NuGet keep their caches under HOME and refuse to work without one.
  HOME=$root/artifacts/home
  mkdir -p "$HOME"
fi
export HOME
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1 DOTNET_CLI_UI_LANGUAGE=en

if ! command -v dotnet >/dev/null; then
  for place in "${DOTNET_ROOT:-}" "$HOME/.dotnet" /usr/share/dotnet /usr/lib/dotnet /usr/local/share/dotnet; do
    if [ -n "$place" ] && [ -x "$place/dotnet" ]; then
      PATH=$place:$PATH
      break
    fi
  done
fi
if ! command -v dotnet >/dev/null; then
  echo "RecServe needs the .NET 10 SDK, and no 'dotnet' was found. https://dotnet.microsoft.com/download/dotnet/10.0 has it for every system." >&2
  exit 1
fi
