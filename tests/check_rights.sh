#!/bin/sh
# A running analysis has given up its rights, and with --no-sandbox it has not:
# the kernel counts the filters of a process.
#
# TCPCONN names the program, srcdir the source. Skipped where the program is
# built without the sandbox, the system does not tell, or takes no filter from
# anybody: a filter that allows everything shows that.
srcdir=$(cd "${srcdir:-.}" && pwd)
program=${TCPCONN:-./tcpconn-analyze}
# larger than what is read to see which kind of file it is
sample=$srcdir/samples/ip-length-zero.pcap
grep -q '^#define HAVE_SECCOMP 1' config.h 2>/dev/null || exit 77
grep -q '^Seccomp_filters:' /proc/self/status 2>/dev/null || exit 77
${PYTHON:-python3} - <<'END' || {
import ctypes
import struct
import sys

NO_NEW_PRIVS, SET_SECCOMP, MODE_FILTER, ALLOW = 38, 22, 2, 0x7fff0000
libc = ctypes.CDLL(None)
program = ctypes.create_string_buffer(struct.pack("@HBBI", 6, 0, 0, ALLOW))
head = struct.pack("@HP", 1, ctypes.addressof(program))
sys.exit(libc.prctl(NO_NEW_PRIVS, 1, 0, 0, 0) != 0 or
         libc.prctl(SET_SECCOMP, MODE_FILTER, head, 0, 0) != 0)
END
	echo "check_rights: this system takes no seccomp filter"
	exit 77
}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failed=0

# filters PID: how many it has
filters()
{
	sed -n 's/^Seccomp_filters:[[:space:]]*//p' "/proc/$1/status"
}

# begin NAME OPTION...: analyse a pipe that brings most of a capture;
# the rest comes when descriptor 3 or 4 is closed
begin()
{
	name=$1
	shift
	mkfifo "$work/$name"
	"$program" -q "$@" -o "$work/$name.text" "$work/$name" 2>"$work/err" &
}

own=$(filters $$)
begin with
with=$!
exec 3>"$work/with"
begin without --no-sandbox
without=$!
exec 4>"$work/without"
head -c 75000 "$sample" >&3
head -c 75000 "$sample" >&4

# it is entered once all is open, which takes no second
for _ in 1 2 3 4 5 6 7 8 9 10; do
	[ "$(filters $with)" -gt "$own" ] && break
	sleep 1
done
sleep 1
if [ "$(filters $with)" -ne $((own + 1)) ]; then
	echo "check_rights: a running analysis has no filter of its own"
	failed=1
fi
grep -q '^Seccomp:[[:space:]]*2$' "/proc/$with/status" || {
	echo "check_rights: no filter is in force"
	failed=1
}
if [ "$(filters $without)" -ne "$own" ]; then
	echo "check_rights: --no-sandbox makes no difference"
	failed=1
fi
tail -c +75001 "$sample" >&3
tail -c +75001 "$sample" >&4
exec 3>&- 4>&-
wait $with || failed=1
wait $without || failed=1
for name in with without; do
	sed "s,$work/[a-z]*,," "$work/$name.text" >"$work/$name.plain"
done
cmp "$work/with.plain" "$work/without.plain" || failed=1
grep -q '1 connection' "$work/with.plain" || failed=1
exit $failed
