#!/bin/sh
# Build both images for one architecture, and run the tool, the demo and the plugin of Argo CD in them.
# Usage: tools/image.sh [ARCH]
# It needs the archives that `make release` puts into dist, buildah and Go. BASE names the image to build
# on; without it, mmdebstrap makes one of this machine's Debian, so that no image registry is asked.
# buildah keeps images in IMAGES (build/images), so that it needs no privileges that a container lacks.
set -eu

arch=${1:-amd64}
cd "$(dirname "$0")/.."
images=${IMAGES:-$PWD/build/images}
name=localhost/hostnet-transform
version=$(.venv/bin/python -m tools.version)
work=$(mktemp -d)
mkdir -p "$images" "$work/out"
trap 'rm -rf "$work"' EXIT

if ! ls dist/hostnet-transform-*-linux-"$arch".tar.gz >/dev/null 2>&1; then
    echo "tools/image.sh: dist has no archive for linux-$arch; run make release first" >&2
    exit 2
fi

say() { printf '\n=== %s\n\n' "$*"; }
buildah() {
    command buildah --storage-driver vfs --root "$images/storage" --runroot "$work/run" "$@"
}

if [ -z "${BASE:-}" ]; then
    say "a base of Debian"
    BASE=localhost/hostnet-base:$arch
    # shellcheck source=/dev/null
    . /etc/os-release
    mmdebstrap --quiet --variant=essential --include=python3 --architectures="$arch" \
        --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
        --dpkgopt='path-exclude=/usr/share/doc/*' \
        --dpkgopt='path-include=/usr/share/doc/*/copyright' "$VERSION_CODENAME" "$work/base.tar"
    container=$(buildah from --arch "$arch" scratch)
    buildah add --quiet "$container" "$work/base.tar" / >"$work/added"
    buildah commit --quiet --rm "$container" "$BASE"
fi

say "kubectl and kustomize"
tools/image_programs.sh "$arch"

say "the images"
# In this order: the second stage of argocd equals the image tool, and buildah removes it afterwards.
for target in argocd tool; do
    tag=$name:v$version
    if [ "$target" = argocd ]; then tag=$tag-argocd; fi
    buildah build --quiet --isolation chroot --arch "$arch" --target "$target" --timestamp 315554400 \
        --build-arg "BASE=$BASE" --build-arg "TARGETARCH=$arch" --tag "$tag" \
        --ignorefile .containerignore --file Containerfile .
done
buildah images

# Run a command in an image, as its user: in_image TAG COMMAND...
in_image() {
    tag=$1
    shift
    container=$(buildah from --pull-never "$name:$tag")
    status=0
    buildah run --isolation chroot --volume "$PWD:/src:ro" "$container" -- "$@" || status=$?
    buildah rm "$container" >/dev/null
    return "$status"
}

say "the demo, in the image"
test "$(in_image "v$version" id -u)" = 65532
in_image "v$version" sh tools/demo.sh hostnet-transform /tmp/placement.html

say "a KRM function, by the entry point"
entry=$(buildah inspect --type image --format '{{index .OCIv1.Config.Entrypoint 0}}' "$name:v$version")
in_image "v$version" "$entry" <testdata/splice/resource-list/in.yaml >"$work/out/list.yaml"
grep -q 'kind: ResourceList' "$work/out/list.yaml"
grep -q 'operator: NotIn' "$work/out/list.yaml"
echo "the ResourceList has the guard"

say "the plugin of Argo CD"
in_image "v$version-argocd" bash -ec '
    id -u
    cd integrations/example
    bash -o pipefail -c "kustomize build . | hostnet-transform --all-or-nothing" | grep -c "operator: NotIn"
    kubectl version --client
    kubectl hostnet --version'
