#!/bin/sh
# Copy the images that tools/image.sh built to files or to a registry.
# Usage: tools/image_push.sh ARCH TO
# TO: oci-archive:FOLDER for files in a folder (FOLDER/tool-ARCH.tar and FOLDER/argocd-ARCH.tar).
set -eu

arch=$1
to=$2
cd "$(dirname "$0")/.."
images=${IMAGES:-$PWD/build/images}
version=$(.venv/bin/python -m tools.version)
run=$(mktemp -d)
trap 'rm -rf "$run"' EXIT
for target in tool argocd; do
    tag=v$version
    if [ "$target" = argocd ]; then tag=$tag-argocd; fi
    rm -f "${to#oci-archive:}/$target-$arch.tar"
    buildah --storage-driver vfs --root "$images/storage" --runroot "$run" push --quiet \
        "localhost/hostnet-transform:$tag" "$to/$target-$arch.tar"
done
