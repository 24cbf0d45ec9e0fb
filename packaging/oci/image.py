#!/usr/bin/env python3
"""Writes container images as an OCI layout, without a daemon.

usage: image.py LAYOUT NAME VERSION EPOCH SETTINGS ARCHITECTURE=ROOT[,ROOT...]...

Each ROOT is a folder that becomes one layer; later layers lie above earlier ones. With more than one architecture the
layout has an image index. Beside the folder LAYOUT it writes one archive for each architecture, which `docker load`
and `podman load` read. SETTINGS is a JSON file:

  config    the image's configuration as in OCI's specification (Entrypoint, User, …)
  owners    the user id of files that are not root's, by absolute path

The same folders and the same EPOCH give the same bytes.
"""

import datetime
import gzip
import hashlib
import io
import json
import pathlib
import shutil
import sys
import tarfile

LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
CONFIG = "application/vnd.oci.image.config.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
REFERENCE = "org.opencontainers.image.ref.name"


def digest(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def encoded(value):
    return json.dumps(value, separators=(",", ":"), sort_keys=True).encode()


def layer(root, owners, epoch):
    """The folder as an uncompressed tar, in a fixed order."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for file in sorted(root.rglob("*")):
            entry = archive.gettarinfo(file, str(file.relative_to(root)))
            entry.mtime = epoch
            entry.uid = entry.gid = owners.get("/" + entry.name, 0)
            entry.uname = entry.gname = ""
            if entry.isreg():
                with open(file, "rb") as content:
                    archive.addfile(entry, content)
            else:
                archive.addfile(entry)
    return data.getvalue()


class Layout:
    """A folder of blobs that are named by their digests."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        shutil.rmtree(self.folder, ignore_errors=True)
        (self.folder / "blobs/sha256").mkdir(parents=True)

    def path(self, name):
        return self.folder / "blobs" / name.replace(":", "/")

    def add(self, media_type, data):
        name = digest(data)
        self.path(name).write_bytes(data)
        return {"mediaType": media_type, "digest": name, "size": len(data)}

    def write_index(self, descriptors):
        (self.folder / "oci-layout").write_bytes(encoded({"imageLayoutVersion": "1.0.0"}))
        (self.folder / "index.json").write_bytes(
            encoded({"schemaVersion": 2, "mediaType": INDEX, "manifests": descriptors}))


def add_image(layout, settings, architecture, roots, epoch):
    """Adds the image of one architecture, and returns the descriptor of its manifest."""
    created = datetime.datetime.fromtimestamp(epoch, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    layers, names = [], []
    for root in roots:
        data = layer(pathlib.Path(root), settings.get("owners", {}), epoch)
        names.append(digest(data))
        layers.append(layout.add(LAYER, gzip.compress(data, compresslevel=6, mtime=epoch)))
    platform = {"os": "linux", "architecture": architecture}
    if architecture == "arm64":
        platform["variant"] = "v8"
    image = {**platform, "created": created, "config": settings["config"],
             "rootfs": {"type": "layers", "diff_ids": names},
             "history": [{"created": created, "created_by": "strapline: packaging/oci"} for _ in names]}
    manifest = {"schemaVersion": 2, "mediaType": MANIFEST, "config": layout.add(CONFIG, encoded(image)),
                "layers": layers}
    return {**layout.add(MANIFEST, encoded(manifest)), "platform": platform}


def write_archive(layout, descriptor, name, version, epoch):
    """One image as a file: an OCI archive that has the manifest.json of `docker save` too."""
    manifest = json.loads(layout.path(descriptor["digest"]).read_bytes())
    parts = [manifest["config"], *manifest["layers"]]

    def blob(part):
        return "blobs/" + part["digest"].replace(":", "/")

    files = {blob(part): layout.path(part["digest"]).read_bytes() for part in [descriptor, *parts]}
    files["oci-layout"] = encoded({"imageLayoutVersion": "1.0.0"})
    names = {REFERENCE: version, "io.containerd.image.name": f"docker.io/library/{name}:{version}"}
    files["index.json"] = encoded({"schemaVersion": 2, "mediaType": INDEX, "manifests": [
        {**descriptor, "annotations": names}]})
    files["manifest.json"] = encoded([{"Config": blob(parts[0]), "RepoTags": [f"{name}:{version}"],
                                       "Layers": [blob(part) for part in parts[1:]]}])
    architecture = descriptor["platform"]["architecture"]
    with tarfile.open(f"{layout.folder}-{version}-image-{architecture}.tar", "w") as archive:
        for path, data in sorted(files.items()):
            entry = tarfile.TarInfo(path)
            entry.size, entry.mtime, entry.mode = len(data), epoch, 0o644
            archive.addfile(entry, io.BytesIO(data))


def main():
    if len(sys.argv) < 7:
        sys.exit(__doc__.strip())
    folder, name, version, epoch, settings, *images = sys.argv[1:]
    epoch = int(epoch)
    settings = json.loads(pathlib.Path(settings).read_text(encoding="utf-8"))
    layout = Layout(folder)
    made = []
    for image in images:
        architecture, _, roots = image.partition("=")
        made.append(add_image(layout, settings, architecture, roots.split(","), epoch))
    for descriptor in made:
        write_archive(layout, descriptor, name, version, epoch)
    whole = made[0] if len(made) == 1 else layout.add(
        INDEX, encoded({"schemaVersion": 2, "mediaType": INDEX, "manifests": made}))
    layout.write_index([{**whole, "annotations": {REFERENCE: version}}])


if __name__ == "__main__":
    main()
