# shellcheck shell=bash
# Archives of the machine's own, and packages to offer in them. Read in by the test's commands on the machine.
set -euo pipefail

# make_package PACKAGE VERSION [POSTINST]: prints the file made; it holds a program that has the package's name.
make_package() {
  local package=$1 version=$2 postinst=${3:-exit 0} tree file=/srv/$1_$2.deb
  tree=$(mktemp -d)
  chmod 755 "$tree"
  mkdir -p "$tree/DEBIAN" "$tree/usr/bin"
  cp /usr/bin/bash "$tree/usr/bin/$package"
  printf 'Package: %s\nVersion: %s\nArchitecture: all\nMaintainer: nobody <nobody@example.com>\nDescription: of the test\n' \
    "$package" "$version" >"$tree/DEBIAN/control"
  printf '#!/bin/sh\n%s\n' "$postinst" >"$tree/DEBIAN/postinst"
  chmod 755 "$tree/DEBIAN/postinst"
  dpkg-deb --root-owner-group --build -Znone "$tree" "$file" >&2
  rm -r "$tree"
  echo "$file"
}

# offer ARCHIVE LABEL CODENAME PACKAGE_FILE...: these and no others are in the archive, which says that it is Debian's.
offer() {
  local archive=$1 label=$2 codename=$3 file
  shift 3
  rm -rf "/srv/$archive"
  mkdir -p "/srv/$archive"
  cd "/srv/$archive"
  for file in "$@"; do
    cp "$file" .
    file=${file##*/}
    dpkg-deb --field "$file"
    printf 'Filename: ./%s\nSize: %s\nSHA256: %s\n\n' "$file" "$(stat -c %s "$file")" "$(sha256sum "$file" | cut -d ' ' -f 1)"
  done >Packages
  printf 'Origin: Debian\nLabel: %s\nSuite: %s\nCodename: %s\nDate: %s\nSHA256:\n %s %s Packages\n' "$label" "$codename" "$codename" \
    "$(LC_ALL=C date -Ru)" "$(sha256sum Packages | cut -d ' ' -f 1)" "$(stat -c %s Packages)" >Release
  echo "deb [trusted=yes] file:/srv/$archive ./" >"/etc/apt/sources.list.d/$archive.list"
}

# offer_security PACKAGE_FILE...: as the distribution's archive for security upgrades. The codename is the system's own, as it is on
# Debian 13; on sid that is the release to come.
offer_security() {
  offer security Debian-Security "$(. /etc/os-release && echo "$VERSION_CODENAME")-security" "$@"
}

# offer_ordinary PACKAGE_FILE...: as the distribution's archive of everything else.
offer_ordinary() {
  offer ordinary Debian "$(. /etc/os-release && echo "$VERSION_CODENAME")" "$@"
}
