#!/usr/bin/env bash
# keyring-session.sh COMMAND...
#
# Runs COMMAND in a D-Bus session of its own with a gnome-keyring of its own,
# unlocked, both gone afterwards. KEYRING_PASSWORD is its password, "test" by
# default; it may be empty. KEYRING=none leaves the keyring out: a bus without
# a keychain service.
#
# Debian: apt-get install --no-install-recommends gnome-keyring dbus libsecret-tools
set -euo pipefail

if [ -z "${_KEYRING_SESSION:-}" ]; then
  export _KEYRING_SESSION=1
  tmp=$(mktemp -d)
  trap 'rm -rf "$tmp"' EXIT
  export HOME="$tmp/home" XDG_RUNTIME_DIR="$tmp/run"
  export XDG_DATA_HOME="$HOME/.local/share" XDG_CACHE_HOME="$HOME/.cache" XDG_CONFIG_HOME="$HOME/.config"
  mkdir -p "$XDG_DATA_HOME/keyrings" "$XDG_CACHE_HOME" "$XDG_CONFIG_HOME" "$XDG_RUNTIME_DIR"
  chmod 700 "$HOME" "$XDG_RUNTIME_DIR"
  # A configuration of our own: the system's would start services on demand,
  # among them a second keyring, or none where it is meant to be absent.
  cat > "$tmp/bus.conf" <<CONF
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:dir=$tmp</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
CONF
  dbus-run-session --config-file="$tmp/bus.conf" -- "$0" "$@"
  exit $?
fi

if [ "${KEYRING:-gnome}" != none ]; then
  # Its output is a list of assignments.
  control=$(printf '%s\n' "${KEYRING_PASSWORD-test}" |
    gnome-keyring-daemon --unlock --components=secrets --daemonize 2>/dev/null)
  while IFS= read -r line; do [ -z "$line" ] || export "${line?}"; done <<< "$control"
  for _ in $(seq 100); do
    dbus-send --session --dest=org.freedesktop.secrets --print-reply \
      /org/freedesktop/secrets org.freedesktop.DBus.Peer.Ping >/dev/null 2>&1 && break
    sleep 0.05
  done
fi
"$@"
