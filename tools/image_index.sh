#!/bin/sh
# Push the images of several architectures under one name, and print the digests: `tool=...`, `argocd=...`.
# Usage: tools/image_index.sh FOLDER TO ARCH...
# FOLDER: the files of `make image-push`. TO: docker://REGISTRY/NAME:TAG, or what buildah takes besides;
# the image for Argo CD gets TO-argocd.
set -eu

folder=$1
to=$2
shift 2
store=$(mktemp -d)
trap 'rm -rf "$store"' EXIT
buildah() { command buildah --storage-driver vfs --root "$store/root" --runroot "$store/run" "$@"; }

for target in tool argocd; do
    tag=$to
    if [ "$target" = argocd ]; then tag=$to-argocd; fi
    buildah manifest create "$target" >/dev/null
    for arch in "$@"; do
        image=$(buildah pull --quiet "oci-archive:$folder/$target-$arch.tar")
        buildah manifest add --arch "$arch" "$target" "$image" >/dev/null
    done
    buildah manifest push --quiet --all --digestfile "$store/digest" \
        "$target" "$tag" >/dev/null
    echo "$target=$(cat "$store/digest")"
done
