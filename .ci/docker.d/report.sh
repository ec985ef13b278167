# Counting and printing of checks. A failed check shows the end of what its command wrote.

passed=0
failed=0

# check <title> <command…>: runs the command, and says how it went and how long it took.
check() {
  local title=$1 begun=$SECONDS
  shift
  echo "· $title …"
  if "$@" >"$log" 2>&1; then
    passed=$((passed + 1))
    echo "✓ $title ($((SECONDS - begun)) s)"
    return 0
  fi
  failed=$((failed + 1))
  echo "✗ $title ($((SECONDS - begun)) s)"
  tail -n 120 "$log" | sed 's/^/    /'
  return 1
}

# progress <text…>: a line for whoever waits, past the capture of `check`.
progress() {
  echo "    $*" >&3
}
exec 3>&1

# bounded <seconds> <command…>: a command that hangs is a failure with a name.
# It runs in the background, because bash hears signals while it waits, but not while it runs something.
running=
bounded() {
  local seconds=$1 code
  shift
  timeout --kill-after=20 "$seconds" "$@" &
  running=$!
  wait "$running"
  code=$?
  running=
  if ((code == 124 || code == 137)); then
    echo "gave up after $seconds s: $*"
  fi
  return "$code"
}

# report_end <exit code>: the last line. A run that was cut short has failed, whatever it had passed.
report_end() {
  if (($1 != 0 && failed == 0)); then
    failed=1
    echo "✗ stopped early with exit code $1"
  fi
  echo "Tests: $passed passed, $failed failed"
  ((failed == 0 && passed > 0))
  exit $?
}
