// swift-tools-version: 6.2

import PackageDescription

/// `make` sets this for its builds and tests; a user's newer compiler, with warnings of its own, still builds.
let warningsAsErrors = Context.environment["STRAPLINE_WARNINGS_AS_ERRORS"] == "1"

/// `make fuzz` sets this: the rooms tell libFuzzer which branches an input has taken, and only its program is built.
let isForFuzzing = Context.environment["STRAPLINE_FUZZ"] == "1"

/// Set this to build and link only some test targets, which is much faster: `STRAPLINE_TESTS="HubTests" swift test`.
let chosenTests = Context.environment["STRAPLINE_TESTS"]?.split(separator: " ").map(String.init)

let strict: [SwiftSetting] =
    [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
    ] + (warningsAsErrors ? [.treatAllWarnings(as: .error)] : [])
    + (isForFuzzing ? [.unsafeFlags(["-sanitize=fuzzer"])] : [])

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let asyncHTTPClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let grdbSQLite: Target.Dependency = .product(name: "GRDBSQLite", package: "GRDB.swift")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore: Target.Dependency = .product(name: "HummingbirdCore", package: "hummingbird")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioHTTPTypesHTTP1: Target.Dependency = .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let nioWebSocket: Target.Dependency = .product(name: "NIOWebSocket", package: "swift-nio")
let serviceLifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let subprocess: Target.Dependency = .product(name: "Subprocess", package: "swift-subprocess")
let systemPackage: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")
let unixSignals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")

/// A room of the house: it imports only what stands on a floor below it (docs/architecture.md).
func room(_ name: String, on below: [Target.Dependency] = [], resources: [Resource] = []) -> Target {
    .target(name: name, dependencies: below, resources: resources, swiftSettings: strict)
}

/// What is installed takes less memory so: relative relocations are packed (glibc 2.36, Debian 12), and no symbols are kept
/// for libraries that would call back. Measured: 4 MB less resident.
let lean: [LinkerSetting] = [
    .unsafeFlags(
        ["-use-ld=lld"] + ["-z", "pack-relative-relocs", "--no-export-dynamic"].flatMap { ["-Xlinker", $0] },
        .when(platforms: [.linux], configuration: .release))
]

func program(_ name: String, on below: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: below, swiftSettings: strict, linkerSettings: lean)
}

func tests(
    _ name: String, of tested: [Target.Dependency], resources: [Resource] = []
) -> Target {
    .testTarget(
        name: name, dependencies: tested + ["TestKit"], resources: resources, swiftSettings: strict)
}

let floor0: [Target] = [
    room("HeartRate"),
    room("Timing", on: ["CLinux"]),
    room("Files"),
    room("TextFormats"),
    room("PrometheusMetrics"),
    room("QRCodes", on: ["CQRencode"]),
    room("EventThread", on: ["CLinux"]),
    room("PulsoidAPI"),
    room("CardiogramAPI"),
    .systemLibrary(name: "CDBus", pkgConfig: "dbus-1", providers: [.apt(["libdbus-1-dev"])]),
    .systemLibrary(name: "CLinux"),
    .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "CQRencode", pkgConfig: "libqrencode", providers: [.apt(["libqrencode-dev"])]),
    .systemLibrary(name: "CBluetooth", pkgConfig: "bluez", providers: [.apt(["libbluetooth-dev"])]),
]

let floor1: [Target] = [
    room("Console", on: ["TextFormats", argumentParser]),
    room("ServiceManager", on: ["TextFormats", "Timing", logging]),
    room("DBus", on: ["CDBus", "EventThread", "TextFormats", "Timing"]),
    room(
        "Outbox",
        on: ["CLinux", "EventThread", "Files", "HeartRate", "Timing", grdb, grdbSQLite, logging, serviceLifecycle]),
    room("WebClient", on: ["CCurl", "EventThread", "Files", "TextFormats", "Timing"]),
    room("WebSocketClient", on: ["TextFormats", "Timing", nioCore, nioHTTP1, nioPosix, nioSSL, nioWebSocket]),
]

let floor2: [Target] = [
    room("BlueZ", on: ["CBluetooth", "DBus", "HeartRate", "TextFormats", "Timing", logging, serviceLifecycle]),
    room("BlueZSimulator", on: ["DBus", "HeartRate", "Timing"]),
    room("Delivery", on: ["HeartRate", "Outbox", "Timing", logging, serviceLifecycle]),
    room("LocalMetrics", on: ["Timing", logging, nioCore, nioHTTP1, nioPosix, serviceLifecycle]),
]

let floor3: [Target] = [
    room(
        "Pulsoid",
        on: [
            "Delivery", "EventThread", "Files", "HeartRate", "Outbox", "PulsoidAPI", "TextFormats", "Timing",
            "WebClient",
            "WebSocketClient", logging,
        ]),
    room(
        "Cardiogram",
        on: ["CardiogramAPI", "Delivery", "HeartRate", "Outbox", "TextFormats", "Timing", "WebClient", logging]),
    room(
        "Hub",
        on: [
            "CLinux", "CardiogramAPI", "Files", "LocalMetrics", "PrometheusMetrics", "PulsoidAPI", "TextFormats",
            "Timing", crypto, grdb, httpTypes,
            hummingbird,
            hummingbirdCore, logging,
            nioCore, nioHTTP1, nioHTTPTypesHTTP1, nioPosix, nioSSL, nioWebSocket, serviceLifecycle,
        ],
        // What the hub serves as it is, within the program.
        resources: [.embedInCode("OpenAPI/openapi.json"), .embedInCode("Page/Files")]),
]

let floor4: [Target] = [
    program(
        "strapline",
        on: [
            "BlueZ", "Cardiogram", "CardiogramAPI", "Console", "DBus", "Delivery", "EventThread", "Files",
            "HeartRate", "LocalMetrics",
            "Outbox", "PrometheusMetrics", "Pulsoid", "PulsoidAPI", "QRCodes", "ServiceManager", "TextFormats",
            "Timing",
            "WebClient", argumentParser, logging, nioCore, nioHTTP1, nioPosix,
            serviceLifecycle,
            subprocess, systemPackage,
            unixSignals, yams,
        ]),
    program(
        "strapline-hub",
        on: [
            "Console", "Files", "Hub", "LocalMetrics", "PulsoidAPI", "QRCodes", "ServiceManager", "TextFormats",
            "Timing",
            argumentParser,
            logging, nioCore, serviceLifecycle, unixSignals,
        ]),
    program(
        "strapline-demo",
        on: [
            "BlueZSimulator", "CardiogramAPI", "HeartRate", "Hub", "Outbox", "Pulsoid", "PulsoidAPI", "TestKit",
            "Timing", "WebClient", argumentParser, logging, subprocess, systemPackage, unixSignals,
        ]),
]

/// Measures `strapline run` beside other programs: Benchmarks/run.sh.
let benchmark: Target = .executableTarget(
    name: "strapline-bench",
    dependencies: [
        "BlueZSimulator", "DBus", "HeartRate", "Outbox", "Timing", argumentParser, grdb, logging, nioCore, nioHTTP1,
        nioPosix, subprocess,
    ],
    path: "Benchmarks/strapline-bench", swiftSettings: strict)

let testKit: Target = .target(
    name: "TestKit",
    dependencies: ["EventThread", "HeartRate", "Timing", crypto, logging, nioCore, nioPosix, subprocess],
    path: "Tests/TestKit", swiftSettings: strict)

/// What the fuzzers look at.
let fuzzed: [Target.Dependency] = [
    "BlueZ", "CDBus", "Cardiogram", "CardiogramAPI", "DBus", "Delivery", "HeartRate", "Hub", "Outbox", "Pulsoid",
    "PulsoidAPI", "TestKit", "TextFormats", "Timing", "WebClient", "WebSocketClient", "strapline", httpTypes, logging,
    nioCore,
    nioEmbedded, nioHTTP1, nioHTTPTypesHTTP1, nioWebSocket,
]

/// `make fuzz` builds the folder of the tests that replay the corpora as a program of libFuzzer's. No program can import
/// another: strapline is a library here, with its own name for main.
let fuzzing: [Target] = [
    .target(
        name: "strapline", dependencies: floor4[0].dependencies,
        swiftSettings: strict + [
            .unsafeFlags(["-Xfrontend", "-entry-point-function-name", "-Xfrontend", "strapline_main"])
        ]),
    .executableTarget(
        name: "strapline-fuzz", dependencies: fuzzed, path: "Tests/FuzzTests",
        exclude: ["Corpora", "CorpusTests.swift"],
        swiftSettings: strict, linkerSettings: [.unsafeFlags(["-sanitize=fuzzer", "-use-ld=lld"])]),
]

let testTargets: [Target] = [
    testKit,
    tests("HeartRateTests", of: ["HeartRate"], resources: [.copy("Vectors")]),
    tests("TimingTests", of: ["CLinux", "Timing"]),
    tests("EventThreadTests", of: ["EventThread"]),
    tests("PulsoidAPITests", of: ["PulsoidAPI"]),
    tests("CardiogramAPITests", of: ["CardiogramAPI"]),
    tests("DBusTests", of: ["CDBus", "DBus", "Timing"]),
    .executableTarget(
        name: "OutboxCrashHelper", dependencies: ["HeartRate", "Outbox", logging], path: "Tests/OutboxCrashHelper",
        swiftSettings: strict),
    tests(
        "OutboxTests",
        of: ["HeartRate", "Outbox", "OutboxCrashHelper", "Timing", grdb, logging, serviceLifecycle, subprocess]),
    tests("FilesTests", of: ["Files"]),
    tests("TextFormatsTests", of: ["TextFormats"]),
    tests("ConsoleTests", of: ["Console", "strapline", "strapline-hub", subprocess]),
    tests("ServiceManagerTests", of: ["ServiceManager", "Timing", logging]),
    tests("PrometheusMetricsTests", of: ["PrometheusMetrics"]),
    tests("LocalMetricsTests", of: ["LocalMetrics", logging, nioHTTP1, serviceLifecycle]),
    tests("WebClientTests", of: ["EventThread", "Timing", "WebClient", nioCore, nioPosix, subprocess]),
    tests(
        "WebSocketClientTests",
        of: ["Timing", "WebSocketClient", logging, nioCore, nioHTTP1, nioPosix, nioWebSocket]),
    tests("BlueZTests", of: ["BlueZ", "BlueZSimulator", "DBus", "HeartRate", "Timing", logging, serviceLifecycle]),
    tests("BlueZSimulatorTests", of: ["BlueZSimulator", "DBus", "HeartRate", "Timing"]),
    tests("DeliveryTests", of: ["Delivery", "HeartRate", "Outbox", "Timing", logging, serviceLifecycle]),
    tests(
        "PulsoidTests",
        of: [
            "Delivery", "HeartRate", "Outbox", "Pulsoid", "PulsoidAPI", "Timing", "WebClient", "WebSocketClient",
            logging,
        ]
    ),
    tests(
        "CardiogramTests",
        of: ["Cardiogram", "CardiogramAPI", "Delivery", "HeartRate", "Outbox", "Timing", "WebClient", logging]),
    tests(
        "HubTests",
        of: [
            "CardiogramAPI", "Hub", "LocalMetrics", "PulsoidAPI", "Timing", "strapline-hub", asyncHTTPClient, grdb,
            httpTypes, logging,
            nioCore, nioHTTP1, nioPosix, nioSSL, nioWebSocket, serviceLifecycle, subprocess, systemPackage,
        ]),
    tests(
        "StraplineTests",
        of: [
            "strapline", "BlueZ", "BlueZSimulator", "DBus", "Files", "HeartRate", "LocalMetrics", "Outbox",
            "PulsoidAPI",
            "PrometheusMetrics", "QRCodes", "ServiceManager", "Timing", "WebClient", argumentParser, logging,
            nioHTTP1, subprocess, yams,
        ]),
    .testTarget(
        name: "FuzzTests", dependencies: fuzzed, exclude: ["Driver"], resources: [.copy("Corpora")],
        swiftSettings: strict),
    tests(
        "EndToEndTests",
        of: [
            "BlueZ", "BlueZSimulator", "CardiogramAPI", "HeartRate", "Hub", "Outbox", "Pulsoid", "PulsoidAPI",
            "WebClient",
            "strapline", "strapline-demo", "strapline-hub", grdb, logging, subprocess, systemPackage,
        ]),
]

/// Crashes, power cuts, long days and long backlogs: bounded in `make test`, in full with `make torture`.
let tortureTests: Target = .testTarget(
    name: "TortureTests",
    dependencies: [
        "BlueZSimulator", "Cardiogram", "CardiogramAPI", "Delivery", "HeartRate", "Hub", "Outbox", "OutboxCrashHelper",
        "Pulsoid", "PulsoidAPI", "TestKit", "Timing", "WebClient", "strapline", "strapline-hub", grdb, logging,
        nioCore, nioPosix, nioSSL, subprocess,
        systemPackage,
    ],
    // built by the tests themselves; read from the sources
    exclude: ["Shim", "Seeds"], swiftSettings: strict)

let chosenTestTargets = (testTargets + [tortureTests]).filter { target in
    target.type != .test || chosenTests?.contains(target.name) ?? true
}

let package = Package(
    name: "strapline",
    products: isForFuzzing
        ? []
        : [
            .executable(name: "strapline", targets: ["strapline"]),
            .executable(name: "strapline-hub", targets: ["strapline-hub"]),
        ],
    // Exact versions; dependencies.lock has the packages that these ask for. `make update-dependencies` raises them.
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", exact: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2"),
    ],
    targets: floor0 + floor1 + floor2 + floor3
        + (isForFuzzing ? [testKit] + fuzzing : floor4 + [benchmark] + chosenTestTargets),
    swiftLanguageModes: [.v6]
)
