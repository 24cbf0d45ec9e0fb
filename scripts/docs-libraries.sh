#!/bin/bash
# Builds the DocC documentation of the library products into .build/documentation, after `swift build`.
# A warning, such as a link to a symbol that is not public, is an error.
set -euo pipefail
cd "$(dirname "$0")/.."

libraries=(Formats/HeartRate Formats/PulsoidAPI Network/DBus Bluetooth/BlueZ Bluetooth/BlueZSimulator)
build=.build/debug
documentation=.build/documentation
target=$(swift -print-target-info | sed -nE 's/.*"triple": "([^"]+)".*/\1/p' | head -n 1)

# The modules of C that the libraries import.
clang_flags=()
for map in Sources/System/*/module.modulemap "$build"/*.build/module.modulemap; do
    [ -e "$map" ] && clang_flags+=(-Xcc "-fmodule-map-file=$map")
done
for flag in $(pkg-config --cflags-only-I dbus-1 bluez); do clang_flags+=(-Xcc "$flag"); done

rm -rf "$documentation"
mkdir -p "$documentation"
for library in "${libraries[@]}"; do
    module=$(basename "$library")
    symbols=$documentation/symbols/$module
    mkdir -p "$symbols"
    swift symbolgraph-extract -module-name "$module" -I "$build/Modules" -target "$target" \
        -minimum-access-level public -skip-synthesized-members -output-dir "$symbols" "${clang_flags[@]}"
    docc convert "Sources/$library/$module.docc" --additional-symbol-graph-dir "$symbols" \
        --fallback-display-name "$module" --fallback-bundle-identifier "$module" \
        --output-path "$documentation/$module" --warnings-as-errors
    echo "$documentation/$module"
done
