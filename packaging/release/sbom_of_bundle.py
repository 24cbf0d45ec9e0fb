#!/usr/bin/env python3
"""Writes the components of a program together with the libraries of a bundle as a CycloneDX document.

usage: sbom_of_bundle.py SBOM PACKAGES ARCHITECTURE DISTRIBUTION

SBOM is the document of the program's Debian package, PACKAGES the packages.json of bundle.py, DISTRIBUTION the release
of Debian that the libraries come from. The same input gives the same document.
"""

import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "scripts/dependencies"))

import sbom  # noqa: E402  (found through the path above)


def extended(document, packages, architecture, distribution):
    """The document with one component for each package of the bundle."""
    made = {key: value for key, value in document.items() if key != "serialNumber"}
    program = made["metadata"]["component"]["bom-ref"]
    kept = [part for part in made["components"] if not part["purl"].startswith("pkg:deb/debian/")]
    added = []
    for name, version in sorted(packages.items()):
        purl = (f"pkg:deb/debian/{sbom.quoted(name)}@{sbom.quoted(version)}"
                f"?arch={architecture}&distro={sbom.quoted(distribution)}")
        added.append(sbom.component(name, version, purl, "bundled"))
    made["components"] = kept + added
    references = {part["bom-ref"] for part in made["components"]}
    made["dependencies"] = [
        {"ref": entry["ref"], "dependsOn": [name for name in entry["dependsOn"] if name in references]}
        for entry in made["dependencies"] if entry["ref"] in references or entry["ref"] == program
    ] + [{"ref": part["bom-ref"], "dependsOn": []} for part in added]
    for entry in made["dependencies"]:
        if entry["ref"] == program:
            entry["dependsOn"] = sorted({*entry["dependsOn"], *(part["bom-ref"] for part in added)})
    made["serialNumber"] = f"urn:uuid:{sbom.named_uuid(json.dumps(made, sort_keys=True))}"
    return made


def main():
    if len(sys.argv) != 5:
        sys.exit(__doc__.strip())
    document, packages, architecture, distribution = sys.argv[1:]
    read = [json.loads(pathlib.Path(path).read_text(encoding="utf-8")) for path in (document, packages)]
    print(json.dumps(extended(*read, architecture, distribution), indent=2, sort_keys=True))


if __name__ == "__main__":
    main()
