#!/bin/sh
# Make the Debian package out of the release, in build-package/: the tarball
# of `make dist` is unpacked there, built, and examined by lintian. Its errors
# are ours; so is a file that the package lacks. The suite is left to ./test
# unless DEB_BUILD_OPTIONS is set (to the empty string, say).
set -eu
cd "$(dirname "$0")/.."
. scripts/setup.sh

place=build-package

# lacks FILE: the package does not install it
lacks() {
	! dpkg-deb --fsys-tarfile "$package" | tar -t | grep -qx "\./$1"
}

need_to_build
need debhelper dpkg-dev fakeroot lintian
bootstrap
configure_in build
make -C build dist >&2
rm -rf "$place"
mkdir "$place"
tar -xf build/tcpconn-analyze-*.tar.xz -C "$place"

DEB_BUILD_OPTIONS=${DEB_BUILD_OPTIONS-nocheck}
case $DEB_BUILD_OPTIONS in
*nocheck*)
	DEB_BUILD_PROFILES=nocheck
	export DEB_BUILD_PROFILES
	;;
*) need_to_test ;;
esac
export DEB_BUILD_OPTIONS
(cd "$place"/tcpconn-analyze-* && dpkg-buildpackage -us -uc -b) >&2 ||
	die "the package was not built"

package=$(echo "$place"/tcpconn-analyze_*.deb)
for file in usr/bin/tcpconn-analyze \
	usr/share/man/man1/tcpconn-analyze.1.gz \
	usr/share/tcpconn-analyze/tcpconn-analyze.schema.json \
	usr/share/tcpconn-analyze/tcpconn-analyze-baseline.schema.json \
	usr/share/bash-completion/completions/tcpconn-analyze \
	usr/share/zsh/vendor-completions/_tcpconn-analyze \
	usr/share/fish/vendor_completions.d/tcpconn-analyze.fish; do
	if lacks "$file"; then
		die "the package lacks /$file"
	fi
done
lintian --fail-on error "$place"/*.changes >&2 || die "lintian complains"
echo "$package"
