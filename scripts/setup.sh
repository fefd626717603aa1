# setup.sh - what ./run and ./test share; sourced from the top directory.
# Everything said here goes to standard error: standard output belongs to
# the program that is run.
# shellcheck shell=sh

say() {
	printf '%s\n' "$*" >&2
}

die() {
	say "$0: $*"
	exit 1
}

# installed PACKAGE
installed() {
	# shellcheck disable=SC2016 # a format of dpkg-query, not of the shell
	status=$(dpkg-query -W -f='${db:Status-Status}\n' "$1" 2>/dev/null) ||
		return 1
	case $status in
	installed*) return 0 ;;
	*) return 1 ;;
	esac
}

# as_root COMMAND...: never asks for a password
as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	else
		sudo -n "$@"
	fi
}

# apt ARGUMENT...: never asks anything
apt() {
	as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get -qq -y -o DPkg::Lock::Timeout=300 "$@" </dev/null >&2
}

# need PACKAGE...: install what is missing
need() {
	if ! command -v dpkg-query >/dev/null 2>&1; then
		say "not a Debian system; needed are the likes of: $*"
		return 0
	fi
	missing=
	for package; do
		installed "$package" || missing="$missing $package"
	done
	if [ -z "$missing" ]; then
		return 0
	fi
	say "installing:$missing"
	apt update || say "apt-get update failed; trying what is known"
	# shellcheck disable=SC2086 # a list of words
	apt install --no-install-recommends $missing ||
		die "could not install; as root: apt-get install$missing"
}

need_to_build() {
	need gcc libc6-dev make autoconf automake pkg-config \
		libpcap-dev libcjson-dev \
		zlib1g-dev libzstd-dev liblz4-dev liblzma-dev libseccomp-dev
}

need_to_test() {
	fresh=no
	installed check || fresh=yes
	need check python3 python3-jsonschema mandoc shellcheck
	# One test is skipped without valgrind, one does half without a browser:
	# worth taking along, not worth asking for.
	if [ $fresh = yes ]; then
		for wish in valgrind chromium; do
			(need $wish) || say "going on without $wish"
		done
	fi
}

# bootstrap: once; later changes are make's business
bootstrap() {
	if [ -x configure ] && [ -f Makefile.in ]; then
		return 0
	fi
	say "making configure"
	./autogen.sh >&2 || die "autogen.sh failed"
}

# without_check DIRECTORY: configured there before Check was installed
without_check() {
	grep -q '^have_check = no' "$1/Makefile" 2>/dev/null &&
		pkg-config --exists check
}

# configure_in DIRECTORY [OPTION...]
configure_in() {
	directory=$1
	shift
	if [ -f "$directory/Makefile" ] && ! without_check "$directory"; then
		return 0
	fi
	say "configuring $directory"
	mkdir -p "$directory"
	(cd "$directory" && ../configure --quiet "$@") >&2 ||
		die "configure failed: see $directory/config.log"
}

# processes: how many make may use
processes() {
	nproc 2>/dev/null || echo 2
}
