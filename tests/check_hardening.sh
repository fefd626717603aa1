#!/bin/sh
# What configure found for hardening (HARDENING, a list of words) is in the
# program. Skipped where there is no readelf, or no hardening.
#
# TCPCONN names the program.
program=${TCPCONN:-./tcpconn-analyze}
if ! command -v readelf >/dev/null 2>&1 ||
	! readelf -h "$program" >/dev/null 2>&1; then
	echo "no readelf, or no ELF"
	exit 77
fi
if [ -z "${HARDENING:-}" ]; then
	echo "built without hardening"
	exit 77
fi
failed=0

# shows WORD OPTION PATTERN: readelf OPTION says so, if WORD was found
shows()
{
	case " $HARDENING " in
	*" $1 "*) ;;
	*) return ;;
	esac
	if ! readelf -W "$2" "$program" 2>/dev/null | grep -q -e "$3"; then
		echo "check_hardening: $1: no $3 in readelf $2"
		failed=1
	fi
}

shows pie -h 'Type: *DYN'
shows pie -d 'FLAGS_1.*PIE'
shows relro -l GNU_RELRO
shows now -d 'BIND_NOW\|FLAGS_1.*NOW'
shows stack-protector -s __stack_chk_fail
shows fortify -s '__[a-z]*_chk'

# The note about it needs startup files of the system that have it too.
case " $HARDENING $(uname -m) " in
*" cf-protection "*x86_64*)
	if command -v objdump >/dev/null 2>&1 &&
		! objdump -d "$program" | grep -A1 '<cli_main>:' |
		grep -q endbr64; then
		echo "check_hardening: cf-protection: cli_main() has no endbr64"
		failed=1
	fi
	;;
esac

exit $failed
