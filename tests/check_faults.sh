#!/bin/sh
# A disk that is full, a limit of file sizes, folders that cannot be used, a
# capture that grows or shrinks meanwhile: a clear message, a true status, and
# never a part of a report.
#
# TCPCONN names the program, srcdir the source.
srcdir=$(cd "${srcdir:-.}" && pwd)
program=${TCPCONN:-./tcpconn-analyze}
program=$(cd "$(dirname "$program")" && pwd)/$(basename "$program")
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
LC_ALL=C
export LC_ALL
failed=0
large=$srcdir/samples/recorded-linger0-reset.pcap
small=$srcdir/samples/e01-client-closes.pcap
mkdir "$work/out" && cd "$work" || exit 1

fail()
{
	echo "check_faults: $1"
	failed=1
}

# ends STATUS GOT TEXT: status as it should be, and TEXT in the message
ends()
{
	[ "$2" -eq "$1" ] || fail "$3: exits with $2 instead of $1: $(cat err)"
	[ -z "$3" ] || grep -qF -e "$3" err ||
		fail "does not say '$3': $(cat err)"
}

nothing_left()
{
	[ -z "$(ls -A out)" ] || fail "$1 leaves $(ls -A out)"
}

# --- a limit of file sizes, in blocks of 512 or 1024 bytes
for format in text json ndjson csv; do
	(
		ulimit -f 1
		exec "$program" -q --format=$format -o out/report "$large"
	) 2>err
	got=$?
	# text may be short enough
	if [ $got -ne 0 ] || [ ! -s out/report ]; then
		ends 2 $got 'out/report: the report cannot be written: '
		nothing_left "a limit of file sizes, $format"
	fi
	rm -f out/report
done
(
	ulimit -f 1
	exec "$program" -q --json -o out/report "$large"
) 2>err
ends 2 $? 'File too large'
nothing_left 'a limit of file sizes'

(
	ulimit -f 1
	exec "$program" -q --extract out/packets "$large" >/dev/null
) 2>err
ends 2 $? 'out/packets: '
nothing_left 'a limit of file sizes, --extract'

# an older report stays as it was
echo old >out/report
(
	ulimit -f 1
	exec "$program" -q --json -o out/report "$large"
) 2>err
ends 2 $? 'File too large'
[ "$(cat out/report)" = old ] || fail 'an older report is spoilt'
[ "$(ls -A out)" = report ] || fail "left behind: $(ls -A out)"
rm out/report

# --- a full disk
if [ -c /dev/full ]; then
	for format in text json ndjson csv; do
		"$program" -q --format=$format "$small" >/dev/full 2>err
		ends 2 $? 'standard output: the report cannot be written: No space'
		"$program" -q --format=$format -o /dev/full "$small" 2>err
		ends 2 $? '/dev/full: the report cannot be written: No space'
	done
	"$program" -q --extract /dev/full -o out/report "$small" 2>err
	ends 2 $? '/dev/full: it cannot be written: No space'
	rm -f out/report
fi

# --- a pipe that nobody reads any more is no failure
for format in text json ndjson csv; do
	{
		sleep 0.2
		"$program" -q --format=$format "$large" 2>err
		echo $? >status
	} | :
	ends 0 "$(cat status)" ''
	[ -s err ] && fail "a closed pipe: $(cat err)"
done

# --- folders
"$program" -o out/none/report "$small" 2>err
ends 2 $? 'out/none/report: No such file or directory'
"$program" -o out "$small" 2>err
ends 2 $? 'out: '
"$program" out 2>err
ends 2 $? 'out: is a directory'
"$program" "$small/more" 2>err
ends 2 $? 'e01-client-closes.pcap/more: Not a directory'
nothing_left 'folders'
# the rights of files mean nothing to root: then as somebody else
other=
if [ "$(id -u)" -eq 0 ]; then
	other='setpriv --reuid=65534 --regid=65534 --clear-groups'
	chmod 755 .
fi
if $other "$program" --version >/dev/null 2>&1; then
	mkdir closed
	cp "$small" secret.pcap
	cp "$small" closed/secret.pcap
	chmod 500 out closed
	chmod 000 secret.pcap closed
	$other "$program" -o out/report "$small" 2>err
	ends 2 $? 'out/report: Permission denied'
	$other "$program" --extract out/packets "$small" 2>err >/dev/null
	ends 2 $? 'out/packets: Permission denied'
	$other "$program" secret.pcap 2>err
	ends 2 $? 'secret.pcap: permission denied'
	$other "$program" closed/secret.pcap 2>err
	ends 2 $? 'closed/secret.pcap: permission denied'
	$other "$program" closed 2>err
	ends 2 $? 'closed: '
	chmod 700 out closed
fi

# --- a capture that changes while it is read: through a FIFO the program
# has opened it and waits when it does
bytes=$(wc -c <"$small")
mkfifo pipe
{
	head -c 100 "$small"
	sleep 1
	tail -c +101 "$small"
} >pipe &
"$program" -q --json pipe >grown 2>err
ends 0 $? ''
"$program" -q --json "$small" | sed 's,"path":"[^"]*",,' >whole
sed 's,"path":"[^"]*",,' grown | cmp -s - whole ||
	fail 'a capture that grows is not read to its end'
head -c $((bytes - 10)) "$small" >pipe &
"$program" pipe >shrunk 2>err
ends 3 $? 'pipe: cut off in packet '
[ -s shrunk ] || fail 'no report of a capture that shrinks'

# a file that changes while the program waits for another input, beyond what
# stdio has read of it ahead
{
	head -c 24 "$small"
	for _ in 1 2 3 4; do
		tail -c +25 "$srcdir/samples/ip-length-zero.pcap"
	done
} >long.pcap
bytes=$(wc -c <long.pcap)
[ "$bytes" -gt 300000 ] || fail 'the capture to change is too short'
for change in shrinks grows; do
	cp long.pcap file.pcap
	chmod 600 file.pcap
	"$program" -q --json file.pcap pipe >changed 2>err &
	exec 3>pipe # both are open, or the first is
	sleep 0.5
	if [ $change = shrinks ]; then
		head -c $((bytes - 10)) file.pcap >shorter
		cat shorter >file.pcap
	else
		tail -c +25 "$small" >>file.pcap
	fi
	cat "$small" >&3
	exec 3>&-
	wait $!
	echo $? >$change
	mv changed $change.json
	mv err $change.err
done
cp shrinks.err err
ends 3 "$(cat shrinks)" ''
grep -q '"error":"cut off in packet ' shrinks.json ||
	fail 'a file that shrinks is not said to be cut off'
cp grows.err err
ends 0 "$(cat grows)" ''
"$program" -q --json file.pcap "$small" >whole.json
sed 's,"path":"[^"]*",,g' whole.json >whole
sed 's,"path":"[^"]*",,g' grows.json | cmp -s - whole ||
	fail 'a file that grows is not read to its end'

# --- a second signal ends the program at once, and leaves no part of a file.
# It comes while the program stands still, right behind the first one.
"${PYTHON:-python3}" - "$program" "$srcdir/samples/ip-length-zero.pcap" <<'END' || failed=1
import os
import signal
import subprocess
import sys

program, sample = sys.argv[1:]
p = subprocess.Popen(
    [program, "-o", "out/report", "--extract", "out/packets", "-"],
    stdin=subprocess.PIPE,
    preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
with open(sample, "rb") as f:
    p.stdin.write(f.read(75000))
p.stdin.flush()
for _ in range(100):
    if len(os.listdir("out")) == 2:
        break
    try:
        p.wait(0.1)
        break
    except subprocess.TimeoutExpired:
        pass
there = sorted(os.listdir("out"))
p.send_signal(signal.SIGSTOP)
p.send_signal(signal.SIGINT)
p.send_signal(signal.SIGTERM)
p.send_signal(signal.SIGCONT)
status = p.wait(30)
left = os.listdir("out")
if status not in (-signal.SIGINT, -signal.SIGTERM) or left:
    print("check_faults: a second signal: status %d, before %s, left %s" % (
        status, there, left))
    sys.exit(1)
END

exit $failed
