#!/usr/bin/env python3
"""Writes the components of a program as a CycloneDX document (cyclonedx.org, 1.6), to standard output.

usage: sbom.py PROGRAM FILE VERSION ARCHITECTURE SWIFT_VERSION EPOCH

PROGRAM is the name of the program and of its Debian package, FILE the program that was built for Debian's ARCHITECTURE.
The document lists its Swift packages of dependencies.lock, the Swift runtime, and the distribution's libraries that it
is linked with, in the versions of this machine. The same input and the same EPOCH give the same document.
"""

import datetime
import hashlib
import json
import re
import subprocess
import sys
import urllib.parse

import lock as locks

LOADER = re.compile(r"ld-linux.*")


def output(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout


def quoted(text):
    return urllib.parse.quote(text, safe="")


def component(name, version, purl, linkage, **more):
    return {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl,
            "properties": [{"name": "strapline:linkage", "value": linkage}], **more}


def swift_purl(package):
    location = urllib.parse.urlsplit(package.location)
    path = location.path.strip("/").removesuffix(".git")
    return f"pkg:swift/{location.netloc}/{path}@{quoted(package.version)}"


def swift_component(package):
    return component(package.name, package.version, swift_purl(package), "static",
                     externalReferences=[{"type": "vcs", "url": package.location}])


def runtime_component(version):
    """The standard library, Foundation and Dispatch: parts of Swift that each program has in it."""
    return component("swift", version, f"pkg:generic/swift@{quoted(version)}", "static")


def sonames(file):
    """The libraries that a program loads when it starts."""
    return [name for name in re.findall(r"\(NEEDED\).*\[(.+)\]", output("readelf", "--dynamic", "--wide", file))
            if not LOADER.fullmatch(name)]


def library_components(file, architecture):
    """The distribution's packages that have these libraries, as they are installed here."""
    multiarch = output("dpkg-architecture", "-a", architecture, "-q", "DEB_HOST_MULTIARCH").strip()
    found = {}
    for soname in sonames(file):
        listed = subprocess.run(["dpkg-query", "-S", f"*/{soname}"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                text=True, check=False).stdout
        owner = re.search(rf"^([^:\s]+):\S* \S*/{multiarch}/\S+$", listed, re.MULTILINE)
        if not owner:
            raise locks.LockError(f"{file} is linked with {soname}, which no package for {architecture} has on "
                                  "this machine: build it with make programs")
        package = owner[1]
        version = output("dpkg-query", "-W", "-f", "${Version}", f"{package}:{architecture}")
        purl = f"pkg:deb/debian/{quoted(package)}@{quoted(version)}?arch={architecture}"
        found[package] = component(package, version, purl, "dynamic")
    return [found[package] for package in sorted(found)]


def document(program, version, architecture, epoch, lock, direct, others):
    """The document; `others` are the components that are no Swift packages."""
    used = [package for _, package in sorted(lock.items()) if program in package.used_by]
    reference = f"pkg:deb/{program}@{quoted(version)}?arch={architecture}"
    dependencies = {reference: [swift_purl(package) for package in used if package.name in direct]
                    + [other["bom-ref"] for other in others]}
    dependencies |= {swift_purl(package): [swift_purl(lock[needed]) for needed in package.needs] for package in used}
    dependencies |= {other["bom-ref"]: [] for other in others}
    made = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "timestamp": datetime.datetime.fromtimestamp(epoch, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "component": {"type": "application", "bom-ref": reference, "name": program, "version": version,
                          "purl": reference},
        },
        "components": [swift_component(package) for package in used] + others,
        "dependencies": [{"ref": name, "dependsOn": sorted(needed)} for name, needed in dependencies.items()],
    }
    made["serialNumber"] = f"urn:uuid:{named_uuid(json.dumps(made, sort_keys=True))}"
    return made


def named_uuid(text):
    """A UUID of version 8 (RFC 9562), the digest of a text; Debian's smallest Python has no module uuid."""
    digits = hashlib.sha256(text.encode()).hexdigest()
    return f"{digits[:8]}-{digits[8:12]}-8{digits[13:16]}-8{digits[17:20]}-{digits[20:32]}"


def main():
    if len(sys.argv) != 7:
        sys.exit(__doc__.strip())
    program, file, version, architecture, swift_version, epoch = sys.argv[1:]
    try:
        others = [runtime_component(swift_version), *library_components(file, architecture)]
        made = document(program, version, architecture, int(epoch), locks.read_lock(), locks.read_manifest(), others)
    except (locks.LockError, OSError, subprocess.CalledProcessError) as error:
        sys.exit(f"sbom: {error}")
    print(json.dumps(made, indent=2, sort_keys=True))


if __name__ == "__main__":
    main()
