#!/bin/sh
# Exit status, messages and files of the program.
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

cp "$srcdir"/samples/*.pcap* "$work" || exit 1
cd "$work" || exit 1
good=e01-client-closes.pcap
refused=e04-refused.pcap
cut=truncated-file.pcap
unset NO_COLOR COLUMNS

fail()
{
	echo "check_cli: $1"
	failed=1
}

# run STATUS OPTION...: the program ends with STATUS; output in out and err.
run()
{
	expected=$1
	shift
	"$program" "$@" >out 2>err
	got=$?
	[ $got -eq "$expected" ] ||
		fail "'$*' exits with $got instead of $expected: $(cat err)"
}

# refuses TEXT OPTION...: status 2, nothing on standard output, TEXT in the
# message.
refuses()
{
	text=$1
	shift
	run 2 "$@"
	[ -s out ] && fail "'$*' is refused, yet writes to standard output"
	grep -qF -e "$text" err || fail "'$*' does not say '$text': $(cat err)"
}

quiet()
{
	[ -s err ] && fail "'$1' writes to standard error: $(cat err)"
}

# --- status 0 and 1
run 0 $good
quiet $good
[ -s out ] || fail "no report"
cp out reference
run 0 -n --threads 1 -r $good
cmp -s out reference || fail "-r, -n or --threads changes the report"

# The same report from a file, a pipe and compressed, but for their names.
# plain_report: standard input without path and compression
plain_report()
{
	sed 's/"path":"[^"]*"//; s/"compression":"[a-z0-9]*"//'
}
run 0 --json e07-fast-retransmit.pcap
plain_report <out >reference-json
for f in packed.pcap.* packed-members.pcap.gz; do
	run 0 --json "$f"
	grep -q '"compression":"none"' out && fail "$f is not compressed"
	plain_report <out | cmp -s - reference-json ||
		fail "the report of $f differs from that of the plain file"
	cp "$f" odd-name
	run 0 --json - <odd-name
	plain_report <out | cmp -s - reference-json ||
		fail "the report of $f differs when read from a pipe"
done
run 0 --threads 4 -- $good
cmp -s out reference || fail "--threads changes the report"
run 0 --fail-on warn $good
run 1 --fail-on info $good
run 1 --fail-on warn $refused
quiet "--fail-on"
run 1 $refused --fail-on=note
run 0 --fail-on error $refused
run 0 -c 77 --fail-on info $refused
run 0 -s error --fail-on info $refused
run 1 --fail-on warn $good $refused

# --- status 2
refuses 'no capture given'
refuses 'missing.pcap: no such file' missing.pcap
refuses 'missing.pcap' $good missing.pcap
refuses 'is a directory' .
echo 'no capture' >text
refuses 'text: not a capture' text
: >nothing
refuses 'nothing:' nothing
refuses 'not supported' unsupported-link.pcap
refuses 'tcp[[' -f 'tcp[[' $good
refuses "unknown option '--frob'" --frob $good
refuses "Try 'tcpconn-analyze --help'" --frob $good
refuses 'accepted: --top N' $good --top
refuses 'text, json, ndjson, csv' --format xml $good
refuses '--explain' -x --json $good
refuses "did you mean 'stall'" --explain-kind stal
refuses 'no such file' -x 3.pcap
refuses 'a list follows -x and -l without a space: -x3' -x 3 $good
refuses 'a list follows -x and -l without a space: -x3' $good -l 1,4-6
refuses 'captur' -o $good $good
cmp -s $good "$srcdir/samples/$good" || fail "-o changed the capture"
refuses 'No such file' -o missing/report $good

# --- status 3
run 3 $cut
[ -s out ] || fail "no report of a cut capture"
grep -q "^tcpconn-analyze: warning: $cut: cut off in packet" err ||
	fail "a cut capture is not named: $(cat err)"
run 3 --fail-on info $cut
run 3 -q $cut
quiet "-q $cut"
run 3 -o report $cut
[ -s report ] || fail "-o drops the report of a cut capture"
run 3 $good $cut

# --- standard input and output
run 0 -j $good
run 0 -j - <$good
quiet 'standard input'
"$program" -j - <$good | "$program" --help >/dev/null || fail "pipe"
{
	sleep 0.2
	"$program" -v $good 2>err
	echo $? >code
} | true
[ "$(cat code)" = 0 ] || fail "a closed pipe ends with $(cat code)"
quiet 'a closed pipe'
{
	sleep 0.2
	"$program" --fail-on info --format ndjson $good 2>err
	echo $? >code
} | true
[ "$(cat code)" -le 1 ] || fail "a closed pipe ends with $(cat code)"
quiet 'a closed pipe'
{
	sleep 0.2
	"$program" --help 2>err
	echo $? >code
} | true
[ "$(cat code)" = 0 ] || fail "--help to a closed pipe ends with $(cat code)"
quiet '--help to a closed pipe'
if [ -c /dev/full ]; then
	"$program" $good >/dev/full 2>err
	[ $? -eq 2 ] || fail "a full device is not noticed"
	grep -q 'cannot be written' err || fail "a full device is not named"
	run 2 -o /dev/full $good
fi
"$program" $good >&- 2>err
[ $? -eq 2 ] || fail "a closed standard output is not noticed"

# --- -o
rm -f report
run 0 -o report $good
[ -s out ] && fail "-o writes to standard output"
cmp -s report reference || fail "-o changes the report"
echo old >report
chmod 640 report
run 2 -o report missing.pcap
[ "$(cat report)" = old ] || fail "a failure changes the old report"
run 0 -o report $good
cmp -s report reference || fail "-o does not replace an old report"
[ -n "$(find report -perm 640)" ] || fail "-o changes the permissions"
ln -s report link
run 0 -o link $refused
[ -h link ] || fail "-o replaces a symbolic link"
cmp -s report reference && fail "-o does not follow a symbolic link"
run 0 -o - $good
cmp -s out reference || fail "-o - is not standard output"
run 0 -o /dev/null $good
[ -c /dev/null ] || fail "-o replaces a device"
left=$(find . -name 'report.*')
[ -z "$left" ] || fail "-o leaves $left"

# --- --extract
same_capture()
{
	cmp -s "$1" "$2" || fail "$3"
}
run 0 --extract new.pcap $good
same_capture new.pcap $good "--extract does not take out all packets"
same_capture out reference "--extract changes the report"
run 0 -w new.pcap -f 'tcp[tcpflags] & tcp-syn != 0' --to +0.02 $good
run 0 -j new.pcap
grep -q '"total":2,' out || fail "-w takes out what was not analysed"
run 0 -w new.pcap nanoseconds.pcap
same_capture new.pcap nanoseconds.pcap "-w loses nanoseconds"
run 0 -w new.pcap ip-fragments.pcap
same_capture new.pcap ip-fragments.pcap "-w loses fragments"
run 0 -w new.pcap icmp-unreachable.pcap
same_capture new.pcap icmp-unreachable.pcap "-w loses ICMP errors"
gzip -c $good >packed.gz
run 0 -w new.pcap packed.gz
same_capture new.pcap $good "-w does not read a compressed file again"
run 0 -w new.pcap - <$good
same_capture new.pcap $good "-w loses packets of standard input"
mkfifo pipe
cat $good >pipe &
run 0 -w new.pcap pipe
same_capture new.pcap $good "-w loses packets of a pipe"
run 0 -w - -o report $good
same_capture out $good "-w - does not write to standard output"
same_capture report reference "-w - changes the report"
run 0 --top 1 --sort bytes -w new.pcap mixed-traffic.pcap
run 0 -j new.pcap
grep -q '"connections":1,' out || fail "-w does not follow --top"
run 3 -w new.pcap $cut
rm -f new.pcap
refuses '--extract: standard output' -w - $good
refuses '--extract: report' -w report -o report $good
refuses '--extract: ./' -w ./$good $good
same_capture $good "$srcdir/samples/$good" "--extract changed the capture"
run 2 -w new.pcap $good raw-ip.pcap
grep -q 'different link types' err || fail "link types: $(cat err)"
run 0 -w new.pcap -f 'net 10.0.0.0/8' $good ipv6.pcap
same_capture new.pcap $good "-w does not take out one of several files"
run 0 --reorder -w new.pcap time-backwards.pcap
run 0 -j new.pcap
grep -q '"kind":"time-backwards"' out &&
	fail "--reorder does not reach -w"
rm -f new.pcap
refuses 'given twice' -w a -w b $good
run 2 -w new.pcap --limit K_SPOOL=0 - <$good
grep -q 'K_SPOOL' err || fail "a full spool is not named: $(cat err)"
run 2 -w missing/new $good
if [ -c /dev/full ]; then
	run 2 -w /dev/full $good
	grep -q '^tcpconn-analyze: --extract: /dev/full: it cannot' err ||
		fail "-w to a full device: $(cat err)"
fi
left=$(find . -name 'new.pcap*')
[ -z "$left" ] || fail "-w leaves $left"

# --- --baseline
mixed='mixed-traffic.pcap'
run 0 -j -o old.json $mixed
run 0 --baseline old.json --tolerance 0 $mixed
grep -qx '4 connections then, 4 now: 0 changed, 0 new, 0 vanished' out ||
	fail "--baseline finds changes where there are none: $(cat out)"
# valid_comparison: what was printed fits its schema, where that can be asked
valid_comparison()
{
	/usr/bin/python3 "$srcdir/tests/validate_schema.py" \
		--schema "$srcdir/share/tcpconn-analyze-baseline.schema.json" \
		out >violations 2>&1
	case $? in 0 | 77 | 127) ;; *) fail "$(cat violations)" ;; esac
	rm -f violations
}
# changes OLD NEW TEXT: the old report with OLD in place of NEW differs by TEXT
changes()
{
	sed "s/$2/$1/" old.json >changed.json
	cmp -s old.json changed.json && fail "nothing is like '$2'"
	run 1 --baseline changed.json $mixed
	grep -qF -e "$3" out || fail "--baseline does not say '$3': $(cat out)"
	run 1 -j --baseline changed.json $mixed
	grep -q '"schema":"tcpconn-analyze-baseline/1"' out ||
		fail "--baseline tells no JSON"
	valid_comparison
	run 1 -q --baseline changed.json --tolerance 1000000 $mixed
}
changes '"outcome":"complete"' '"outcome":"no-answer"' \
	'handshake.outcome complete → no-answer'
changes active-at-end graceful-client-first \
	'teardown.close active-at-end → graceful-client-first'
run 0 -j --baseline old.json $mixed
valid_comparison
changes '"id":"ok"' '"id":"no-answer"' 'verdict.id ok → no-answer'
changes '"event_counts":{"stall":2' '"event_counts":{"retransmission-syn":2' \
	'new event retransmission-syn'
changes '"id":"of-the-future"' '"id":"refused"' 'verdict.id - → refused'
changes '"port":43299' '"port":43210' \
	'0 changed, 1 new, 1 vanished'
sed 's/"connect_time_ms":20.1/"connect_time_ms":18/' old.json >changed.json
run 0 --baseline changed.json $mixed
run 1 --baseline changed.json --tolerance 10 $mixed
grep -q 'connect time 18.0 ms → 20.1 ms' out ||
	fail "--tolerance does not count: $(cat out)"
run 3 -q --baseline changed.json --tolerance 10 $mixed $cut
run 0 -j -o old.json e02-server-closes-reuse.pcap
run 0 --baseline old.json e02-server-closes-reuse.pcap
run 1 --baseline old.json -f 'tcp port 43210' --from +1 e02-server-closes-reuse.pcap
refuses '--output: old.json' --baseline old.json -o old.json $good
refuses '--tolerance: it needs --baseline' --tolerance 5 $good
refuses '--baseline: it is told in' --baseline old.json --format csv $good
refuses '--baseline: gone.json' --baseline gone.json $good
refuses 'it is no JSON' --baseline $good $good
refuses 'it is no JSON' --baseline /dev/null $good
for text in '[]' '{}' '{"schema":"tcpconn-analyze/1","connections":{}}' \
	'{"schema":"tcpconn-analyze/2","connections":[]}'; do
	echo "$text" >hostile.json
	refuses 'it is no report' --baseline hostile.json $good
done
for text in null '{"number":-1}' '{"number":1e300,"ip_version":4}' \
	'{"number":1,"ip_version":4,"client":{"address":"1.2.3","port":1}}' \
	'{"number":1,"ip_version":4,"client":{"address":[],"port":1}}'; do
	echo '{"schema":"tcpconn-analyze/1","connections":['"$text"']}' \
		>hostile.json
	refuses 'a connection in it lacks' --baseline hostile.json $good
done
"${PYTHON:-python3}" -c 'print("[" * 1000000)' >hostile.json
refuses 'it is no JSON' --baseline hostile.json $good
"${PYTHON:-python3}" -c 'print("[" + "0," * 9000000 + "0]")' >hostile.json
refuses 'more values' --baseline hostile.json $good
"${PYTHON:-python3}" -c 'open("hostile.json", "wb").truncate(1 << 30)'
refuses 'larger than 128 MiB' --baseline hostile.json $good
rm -f hostile.json

# --- how it is analysed
# says WORD ARGUMENT...: the report has WORD; says_not: it has not
says()
{
	word=$1
	shift
	run 0 "$@"
	grep -qF -e "$word" out || fail "'$*' does not say $word"
}
says_not()
{
	word=$1
	shift
	run 0 "$@"
	grep -qF -e "$word" out && fail "'$*' says $word"
}
says evicted --max-connections 1 $mixed
says evicted --limit K_CONNS=1 $mixed
says_not evicted --max-connections 5 $mixed
says '"continues":1' -j --idle-timeout 1 idle-reset.pcap
says_not '"continues":1' -j idle-reset.pcap
says ' checksum-bad ' --checksum=on bad-checksum.pcap
says ' checksum-bad ' --checksum auto bad-checksum.pcap
says_not ' checksum-bad ' --checksum=off bad-checksum.pcap
# two ports above 1023: the lower one is the server's, unless told otherwise
"${PYTHON:-python3}" - <<'END'
ports, other = b"\xa8\xca\x00\x50", b"\xa8\xca\x1f\x90"
data = open("midstream.pcap", "rb").read()
assert ports in data
for a, b in (ports, other), (ports[2:] + ports[:2], other[2:] + other[:2]):
    data = data.replace(a, b)
open("high-ports.pcap", "wb").write(data)
END
says '10.0.0.1:43210?' --checksum=off high-ports.pcap
says '10.0.0.2:8080?' --checksum=off --service-ports 100,43000-43300 \
	high-ports.pcap
says ' 1 no answer' --shard 1/3 $mixed
says ' 2 complete' --shard 2/3 $mixed
says ' 1 refused' --shard 3/3 $mixed
run 0 $mixed
cp out whole
run 0 --no-sandbox $mixed
cmp -s out whole || fail "--no-sandbox changes the report"
run 0 --key vlan vlan.pcap
says '1 connection' -n -r $good -f 'host 10.0.0.1'
says 'No TCP connections.' -f 'host 10.9.9.9' -r $good

# --- texts
run 0 --help
grep -q '^Usage: tcpconn-analyze' out || fail "--help"
run 0 --version
grep -q '^tcpconn-analyze [0-9]' out || fail "--version"
run 0 --limit help
grep -q '^K_SEGS=4096' out || fail "--limit help"
run 0 --explain-kind stall
for word in warn network R6.96; do
	grep -q "$word" out || fail "--explain-kind does not say $word"
done
run 0 --explain-kind reset-by-client
[ "$(grep -c '^reset-by-client' out)" = 3 ] ||
	fail "--explain-kind does not say all that an id means"
run 0 --explain-kind help
sed 's/ .*//' out | sort -u >ids
[ -s ids ] || fail "--explain-kind help lists nothing"
while read -r id; do
	run 0 --explain-kind "$id"
	for row in "$id (" '  hazards ' '  next '; do
		grep -F "$row" out | wc -l
	done | uniq | wc -l | grep -qx ' *1' ||
		fail "--explain-kind $id lacks hazards or what to do next"
done <ids
rm -f ids
run 0 --color=always $refused
grep -q "$(printf '\033')" out || fail "--color=always shows no colour"
run 0 $refused
grep -q "$(printf '\033')" out && fail "colour without a terminal"
run 0 --progress=always $good
grep -q '^11 packets read' err || fail "no progress: $(cat err)"

# --- counts, spans and SIGINT
PROGRAM=$program "${PYTHON:-python3}" - <<'EOF' || failed=1
import json, os, signal, subprocess, sys, time

program = os.environ["PROGRAM"]
bad = 0


def fail(text):
    global bad
    print("check_cli:", text)
    bad = 1


def packets(*options):
    run = subprocess.run([program, "-j", *options], capture_output=True)
    p = json.loads(run.stdout)["packets"]
    why = {r["reason"]: r["packets"] for r in p["not_analysed"]
           if r["packets"] > 0}
    if p["total"] != p["analysed"] + sum(why.values()):
        fail(f"{options}: the sum of packets is wrong: {p}")
    return p["total"], p["analysed"], why


def expect(options, total, analysed, why):
    got = packets(*options)
    if got != (total, analysed, why):
        fail(f"{options}: packets are {got}")


good = "e01-client-closes.pcap"
expect([good], 11, 11, {})
expect([good, "-f", "udp"], 11, 0, {"filtered-out": 11})
expect([good, "--from", "+0.0811"], 11, 1, {"out-of-span": 10})
expect([good, "--to", "+0.021"], 11, 3, {"out-of-span": 8})
expect([good, "--from", "+0.022", "--to", "+0.05"], 11, 3,
       {"out-of-span": 8})
expect([good, "--from", "1999-01-01", "--to", "1999-01-02"], 11, 0,
       {"out-of-span": 11})
expect([good, "--to", "2261-12-31"], 11, 11, {})
expect([good, good], 22, 22, {})
for sample in sorted(os.listdir(".")):
    if sample.endswith(".pcap") and sample not in (
            "unsupported-link.pcap",):
        packets(sample)


def own_packets(sample):
    """filters.pcap takes in the packets of its tuple and no others."""
    run = subprocess.run([program, "-j", sample], capture_output=True)
    sums = {}
    for c in json.loads(run.stdout)["connections"]:
        name = c["filters"]["pcap"]
        sums[name] = sums.get(name, 0) + sum(
            s["packets"] + s["capture_duplicates"]
            for s in c["sides"].values())
    for name, n in sums.items():
        if name is None:
            fail(f"{sample}: no filter")
        elif packets(sample, "-f", name)[1] != n:
            fail(f"{sample}: '{name}' does not take in {n} packets")


for sample in ("e02-server-closes-reuse", "mixed-traffic", "ipv6", "vlan",
               "qinq", "pppoe", "linux-cooked", "null-loopback", "raw-ip"):
    own_packets(sample + ".pcap")


def interrupted(number, wait):
    run = subprocess.Popen([program, "-"], stdin=subprocess.PIPE,
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    with open("recorded-interactive-loss.pcap", "rb") as f:
        run.stdin.write(f.read())
    run.stdin.flush()
    time.sleep(wait)
    run.send_signal(number)
    try:
        run.wait(timeout=20)
    except subprocess.TimeoutExpired:
        run.kill()
        fail(f"{number.name} does not end the reading of a pipe")
    out, err = run.stdout.read(), run.stderr.read().decode()
    return run.returncode, out, err


for number in signal.SIGINT, signal.SIGTERM:
    # a job in the background begins with SIGINT ignored, and the tool leaves
    # an ignored signal alone
    signal.signal(number, signal.SIG_DFL)
    for wait in 0.3, 1, 3:  # a slow machine may not have begun to read
        code, out, err = interrupted(number, wait)
        if code == 3:
            break
    if code != 3 or not out or f"stopped by {number.name}" not in err:
        fail(f"{number.name}: status {code}, message: {err}")
sys.exit(bad)
EOF
exit $failed
