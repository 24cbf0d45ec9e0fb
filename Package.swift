// swift-tools-version: 6.2

import PackageDescription

// One dependency a line and one file, as SwiftPM wants it: long, but a diff shows each added dependency.

/// `make` sets this for its builds and tests; a user's newer compiler, with warnings of its own, still builds.
let warningsAsErrors = Context.environment["STRAPLINE_WARNINGS_AS_ERRORS"] == "1"

/// `make fuzz` sets this: the targets report the branches of an input to libFuzzer, and only its program is built.
let isForFuzzing = Context.environment["STRAPLINE_FUZZ"] == "1"

/// Set this to build and link only some test targets, which is much faster: `STRAPLINE_TESTS="HubServerTests" swift
/// test`.
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
let hummingbirdCore: Target.Dependency = .product(name: "HummingbirdCore", package: "hummingbird")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioHTTPTypes: Target.Dependency = .product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let nioHTTPTypesHTTP1: Target.Dependency = .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let nioWebSocket: Target.Dependency = .product(name: "NIOWebSocket", package: "swift-nio")
let serviceLifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let subprocess: Target.Dependency = .product(name: "Subprocess", package: "swift-subprocess")
let systemPackage: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")
let unixSignals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")

/// A target of `area`, which is a folder of Sources. It imports only targets of its own area and of areas before it:
/// Formats and System, Network, Bluetooth, Uploader, Tools, Hub, Programs (`make lint` checks it).
func target(
    _ name: String, in area: String, on dependencies: [Target.Dependency] = [], resources: [Resource] = []
) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Sources/\(area)/\(name)", resources: resources,
        swiftSettings: strict)
}

/// A library of C that is installed on the machine.
func systemLibrary(_ name: String, pkgConfig: String? = nil, apt: String? = nil) -> Target {
    .systemLibrary(
        name: name, path: "Sources/System/\(name)", pkgConfig: pkgConfig, providers: apt.map { [.apt([$0])] })
}

/// Packed relative relocations (glibc 2.36, Debian 12) and no exported symbols save 4 MB of resident memory (measured).
let lean: [LinkerSetting] = [
    .unsafeFlags(
        ["-use-ld=lld"] + ["-z", "pack-relative-relocs", "--no-export-dynamic"].flatMap { ["-Xlinker", $0] },
        .when(platforms: [.linux], configuration: .release))
]

func program(
    _ name: String, in folder: String = "Sources/Programs", on dependencies: [Target.Dependency]
) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies, path: "\(folder)/\(name)", swiftSettings: strict,
        linkerSettings: lean)
}

/// The tests of an area; Tests mirrors Sources.
func tests(
    _ name: String, in area: String, of tested: [Target.Dependency], exclude: [String] = [], resources: [Resource] = []
) -> Target {
    .testTarget(
        name: name, dependencies: tested, path: "Tests/\(area)/\(name)", exclude: exclude,
        resources: resources, swiftSettings: strict)
}

let formats: [Target] = [
    target("CardiogramAPI", in: "Formats"),
    target("DateFormats", in: "Formats"),
    target("FIT", in: "Formats"),
    target("HeartRate", in: "Formats"),
    target("HRV", in: "Formats"),
    target(
        "HubAPI", in: "Formats",
        on: [
            "HeartRate",
            "HRV",
            "PulsoidAPI",
        ]),
    target("OSC", in: "Formats"),
    target("PulsoidAPI", in: "Formats", on: ["DateFormats"]),
    target(
        "Recordings", in: "Formats",
        on: [
            "DateFormats",
            "FIT",
            "HeartRate",
            "HRV",
        ]),
]

let system: [Target] = [
    target("Console", in: "System", on: ["Files", "TextFormats", argumentParser, unixSignals]),
    target("EventThread", in: "System", on: ["CLinux"]),
    target("Files", in: "System", on: ["TextFormats"]),
    target("Gzip", in: "System", on: ["CZlib"]),
    target("PrometheusMetrics", in: "System"),
    target("QRCodes", in: "System", on: ["CQRencode"]),
    target(
        "ServiceManager", in: "System",
        on: [
            "Files",
            "TextFormats",
            "Timing",
            logging,
            serviceLifecycle,
        ]),
    target("TextFormats", in: "System"),
    target("Timing", in: "System", on: ["CLinux"]),
    systemLibrary("CBluetooth", pkgConfig: "bluez", apt: "libbluetooth-dev"),
    systemLibrary("CCurl", pkgConfig: "libcurl", apt: "libcurl4-openssl-dev"),
    systemLibrary("CDBus", pkgConfig: "dbus-1", apt: "libdbus-1-dev"),
    systemLibrary("CLinux"),
    systemLibrary("CMosquitto"),
    systemLibrary("CPostgreSQL"),
    systemLibrary("CQRencode", pkgConfig: "libqrencode", apt: "libqrencode-dev"),
    systemLibrary("CZlib", pkgConfig: "zlib", apt: "zlib1g-dev"),
]

let network: [Target] = [
    target("Datagrams", in: "Network", on: ["EventThread", "Timing"]),
    target("DBus", in: "Network", on: ["CDBus", "EventThread", "TextFormats", "Timing"]),
    target(
        "LocalMetrics", in: "Network",
        on: [
            "Timing",
            logging,
            nioCore,
            nioHTTP1,
            nioPosix,
            serviceLifecycle,
        ]),
    target(
        "MQTT", in: "Network",
        on: [
            "CMosquitto",
            "EventThread",
            "TextFormats",
            "Timing",
            "Tokens",
            "WebClient",
        ]),
    target(
        "Postgres", in: "Network",
        on: [
            "CLinux",
            "CPostgreSQL",
            "EventThread",
            "TextFormats",
            "Timing",
        ]),
    target("Tokens", in: "Network", on: ["Files", "TextFormats"]),
    target(
        "WebClient", in: "Network",
        on: [
            "CCurl",
            "DateFormats",
            "EventThread",
            "TextFormats",
            "Timing",
        ]),
    target(
        "WebSocketClient", in: "Network",
        on: [
            "TextFormats",
            "Timing",
            nioCore,
            nioHTTP1,
            nioPosix,
            nioSSL,
            nioWebSocket,
        ]),
]

let bluetooth: [Target] = [
    target(
        "BlueZ", in: "Bluetooth",
        on: [
            "CBluetooth",
            "DBus",
            "HeartRate",
            "TextFormats",
            "Timing",
            logging,
            serviceLifecycle,
        ]),
    target("BlueZSimulator", in: "Bluetooth", on: ["DBus", "HeartRate", "Timing"]),
]

let uploader: [Target] = [
    target(
        "Delivery", in: "Uploader",
        on: [
            "Outbox",
            "Timing",
            logging,
            serviceLifecycle,
        ]),
    target(
        "Destinations", in: "Uploader",
        on: [
            "CardiogramAPI",
            "DateFormats",
            "Delivery",
            "EventThread",
            "Gzip",
            "HeartRate",
            "Outbox",
            "Pulsoid",
            "PulsoidAPI",
            "TextFormats",
            "Timing",
            "Tokens",
            "WebClient",
            logging,
        ]),
    target(
        "Outbox", in: "Uploader",
        on: [
            "CLinux",
            "EventThread",
            "Files",
            "HeartRate",
            "Timing",
            grdb,
            grdbSQLite,
            logging,
            serviceLifecycle,
        ]),
    target(
        "Outputs", in: "Uploader",
        on: [
            "BlueZ",
            "Datagrams",
            "DateFormats",
            "DBus",
            "Destinations",
            "EventThread",
            "Files",
            "HeartRate",
            "HRV",
            "MQTT",
            "OSC",
            "Outbox",
            "TextFormats",
            "Timing",
            "Tokens",
            "WebClient",
            crypto,
            logging,
            serviceLifecycle,
        ]),
    target(
        "Pulsoid", in: "Uploader",
        on: [
            "Delivery",
            "EventThread",
            "Files",
            "HubAPI",
            "Outbox",
            "PulsoidAPI",
            "TextFormats",
            "Timing",
            "Tokens",
            "WebClient",
            "WebSocketClient",
            logging,
        ]),
    target(
        "SessionUploads", in: "Uploader",
        on: [
            "Console",
            "DateFormats",
            "Destinations",
            "EventThread",
            "Files",
            "Outbox",
            "Recordings",
            "Sessions",
            "TextFormats",
            "Timing",
            "Tokens",
            "WebClient",
            logging,
            serviceLifecycle,
        ]),
    target(
        "Sessions", in: "Uploader",
        on: [
            "Console",
            "DateFormats",
            "Files",
            "HRV",
            "Outbox",
            "Recordings",
            "TextFormats",
            "Timing",
        ]),
    target(
        "Uploader", in: "Uploader",
        on: [
            "BlueZ",
            "Console",
            "DateFormats",
            "DBus",
            "Delivery",
            "Destinations",
            "EventThread",
            "Files",
            "HeartRate",
            "LocalMetrics",
            "Outbox",
            "Outputs",
            "PrometheusMetrics",
            "ServiceManager",
            "SessionUploads",
            "TextFormats",
            "Timing",
            "Tokens",
            "UploaderConfiguration",
            "UploaderStatus",
            "WebClient",
            logging,
            nioHTTP1,
            serviceLifecycle,
            unixSignals,
        ]),
    target(
        "UploaderConfiguration", in: "Uploader",
        on: [
            "BlueZ",
            "Delivery",
            "Destinations",
            "Files",
            "LocalMetrics",
            "Outbox",
            "Outputs",
            "SessionUploads",
            "TextFormats",
            "Tokens",
            "WebClient",
            logging,
            yams,
        ]),
    target(
        "UploaderStatus", in: "Uploader",
        on: [
            "BlueZ",
            "Console",
            "Delivery",
            "EventThread",
            "Files",
            "HeartRate",
            "HRV",
            "Outbox",
            "Outputs",
            "Sessions",
            "SessionUploads",
            "TextFormats",
            "Timing",
            "UploaderConfiguration",
            logging,
            serviceLifecycle,
        ]),
]

let tools: [Target] = [
    target(
        "Doctor", in: "Tools",
        on: [
            "BlueZ",
            "Destinations",
            "Files",
            "Outbox",
            "Outputs",
            "ServiceManager",
            "SessionUploads",
            "TextFormats",
            "Timing",
            "Tokens",
            "UploaderConfiguration",
            "WebClient",
            logging,
            subprocess,
            systemPackage,
        ]),
    target(
        "Replay", in: "Tools",
        on: [
            "Console",
            "DateFormats",
            "Delivery",
            "HeartRate",
            "Outbox",
            "Pulsoid",
            "PulsoidAPI",
            "ServiceManager",
            "TextFormats",
            "Timing",
            "Uploader",
            "UploaderConfiguration",
            "WebClient",
            argumentParser,
            logging,
            serviceLifecycle,
            unixSignals,
        ]),
    target(
        "Setup", in: "Tools",
        on: [
            "BlueZ",
            "Console",
            "Destinations",
            "Files",
            "HeartRate",
            "HubAPI",
            "Outputs",
            "Pulsoid",
            "PulsoidAPI",
            "QRCodes",
            "ServiceManager",
            "SessionUploads",
            "TextFormats",
            "Tokens",
            "UploaderConfiguration",
            "UploaderStatus",
            "WebClient",
            argumentParser,
            logging,
            subprocess,
        ]),
    target(
        "Verification", in: "Tools",
        on: [
            "BlueZ",
            "Console",
            "DateFormats",
            "Delivery",
            "Destinations",
            "HeartRate",
            "HubAPI",
            "Outbox",
            "Pulsoid",
            "PulsoidAPI",
            "ServiceManager",
            "Timing",
            "Tokens",
            "UploaderConfiguration",
            "UploaderStatus",
            "WebClient",
            argumentParser,
            logging,
        ]),
]

let hub: [Target] = [
    target(
        "HubServer", in: "Hub",
        on: [
            "CardiogramAPI",
            "DateFormats",
            "HeartRate",
            "HRV",
            "HubAPI",
            "HubStore",
            "LocalMetrics",
            "PrometheusMetrics",
            "PulsoidAPI",
            "QRCodes",
            "Recordings",
            "TextFormats",
            "Timing",
            crypto,
            httpTypes,
            hummingbirdCore,
            logging,
            nioCore,
            nioHTTP1,
            nioHTTPTypes,
            nioHTTPTypesHTTP1,
            nioPosix,
            nioSSL,
            nioWebSocket,
            serviceLifecycle,
        ], resources: [.embedInCode("OpenAPI/openapi.json"), .embedInCode("Page/Files")]),
    target(
        "HubStore", in: "Hub",
        on: [
            "CardiogramAPI",
            "CLinux",
            "DateFormats",
            "Files",
            "HeartRate",
            "HubAPI",
            "Postgres",
            "PulsoidAPI",
            "Recordings",
            "TextFormats",
            "Timing",
            crypto,
            grdb,
            logging,
        ]),
]

let straplineDependencies: [Target.Dependency] = [
    "BlueZ",
    "Console",
    "DateFormats",
    "Delivery",
    "Destinations",
    "Doctor",
    "EventThread",
    "Files",
    "HeartRate",
    "HRV",
    "Outbox",
    "Pulsoid",
    "PulsoidAPI",
    "Recordings",
    "Replay",
    "ServiceManager",
    "Sessions",
    "SessionUploads",
    "Setup",
    "TextFormats",
    "Timing",
    "Tokens",
    "Uploader",
    "UploaderConfiguration",
    "UploaderStatus",
    "Verification",
    "WebClient",
    argumentParser,
    logging,
    serviceLifecycle,
]

let programs: [Target] = [
    program("strapline", on: straplineDependencies),
    program(
        "strapline-hub",
        on: [
            "Console",
            "DateFormats",
            "Files",
            "HubAPI",
            "HubServer",
            "HubStore",
            "LocalMetrics",
            "Postgres",
            "PulsoidAPI",
            "QRCodes",
            "ServiceManager",
            "TextFormats",
            "Timing",
            argumentParser,
            logging,
            nioCore,
            serviceLifecycle,
            unixSignals,
        ]),
]

/// Measures `strapline run` beside other programs: Benchmarks/run.sh.
let benchmark: Target = .executableTarget(
    name: "strapline-bench",
    dependencies: [
        "BlueZSimulator",
        "DBus",
        "HeartRate",
        "Outbox",
        "Timing",
        argumentParser,
        grdb,
        logging,
        nioCore,
        nioHTTP1,
        nioPosix,
        subprocess,
    ],
    path: "Benchmarks/strapline-bench", swiftSettings: strict)

/// A program of some 30 lines that shows a library; ExampleTests runs it.
func example(_ name: String, in folder: String, on dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies, path: "Examples/\(folder)", swiftSettings: strict)
}

let examples: [Target] = [
    example("decode-packet", in: "DecodePacket", on: ["HeartRate"]),
    example("follow-strap", in: "FollowStrap", on: ["BlueZ", "HeartRate", "Timing", logging]),
    example("list-adapters", in: "ListAdapters", on: ["DBus"]),
]

let exampleTests: Target = .testTarget(
    name: "ExampleTests",
    dependencies: [
        "BlueZ",
        "BlueZSimulator",
        "DBus",
        "TestKit",
        "decode-packet",
        "follow-strap",
        "list-adapters",
        logging,
        subprocess,
        systemPackage,
    ],
    path: "Examples/ExampleTests", swiftSettings: strict)

let testKit: Target = .target(
    name: "TestKit",
    dependencies: [
        "CZlib",
        "EventThread",
        "Files",
        "Timing",
        crypto,
        logging,
        nioCore,
        nioPosix,
        subprocess,
    ],
    path: "Tests/Support/TestKit", swiftSettings: strict)

/// Starts the programs with a bus, simulated straps and accounts: for the tests of whole programs, and for the demo.
let processHarness: Target = .target(
    name: "ProcessHarness",
    dependencies: [
        "BlueZSimulator",
        "HeartRate",
        "Outbox",
        "Pulsoid",
        "PulsoidAPI",
        "TestKit",
        "Tokens",
        "WebClient",
        logging,
        subprocess,
        systemPackage,
    ],
    path: "Tests/Support/ProcessHarness", swiftSettings: strict)

/// `make demo` runs it. It is no product: it starts the programs with the fixtures of the tests.
let demo: Target = program(
    "strapline-demo", in: "Tests/Support",
    on: [
        "BlueZSimulator",
        "HubStore",
        "Outbox",
        "ProcessHarness",
        "Pulsoid",
        "PulsoidAPI",
        "Timing",
        argumentParser,
        logging,
        systemPackage,
        unixSignals,
    ])

/// The targets that the fuzzers call.
let fuzzed: [Target.Dependency] = [
    "BlueZ",
    "CardiogramAPI",
    "CDBus",
    "Console",
    "DateFormats",
    "DBus",
    "Delivery",
    "Destinations",
    "FIT",
    "HeartRate",
    "HRV",
    "HubAPI",
    "HubServer",
    "HubStore",
    "Outbox",
    "Outputs",
    "Pulsoid",
    "PulsoidAPI",
    "Replay",
    "Setup",
    "strapline",
    "TestKit",
    "TextFormats",
    "Timing",
    "Tokens",
    "UploaderConfiguration",
    "UploaderStatus",
    "Verification",
    "WebClient",
    "WebSocketClient",
    httpTypes,
    logging,
    nioCore,
    nioEmbedded,
    nioHTTP1,
    nioHTTPTypesHTTP1,
    nioWebSocket,
]

/// `make fuzz` builds the tests that replay the corpora as a program of libFuzzer's. A program cannot import another
/// one: strapline is a library here, with its own name for main.
let fuzzing: [Target] = [
    .target(
        name: "strapline", dependencies: straplineDependencies, path: "Sources/Programs/strapline",
        swiftSettings: strict + [
            .unsafeFlags(["-Xfrontend", "-entry-point-function-name", "-Xfrontend", "strapline_main"])
        ]),
    .executableTarget(
        name: "strapline-fuzz", dependencies: fuzzed, path: "Tests/Programs/FuzzTests",
        exclude: ["Corpora", "CorpusTests.swift"], swiftSettings: strict,
        linkerSettings: [.unsafeFlags(["-sanitize=fuzzer", "-use-ld=lld"])]),
]

let testTargets: [Target] = [
    testKit,
    .target(
        name: "MosquittoHarness", dependencies: ["EventThread", "Files", "TestKit"],
        path: "Tests/Support/MosquittoHarness", swiftSettings: strict),
    // Tries a destination with each answer of the tables in docs/delivery.md.
    .target(
        name: "DestinationHarness",
        dependencies: [
            "Delivery",
            "HeartRate",
            "Outbox",
            "TestKit",
            "Tokens",
            "WebClient",
        ],
        path: "Tests/Support/DestinationHarness", swiftSettings: strict),
    .target(
        name: "PostgresHarness",
        dependencies: [
            "MosquittoHarness",
            "Postgres",
            "TestKit",
        ], path: "Tests/Support/PostgresHarness", swiftSettings: strict),
    .target(
        name: "HubFixtures",
        dependencies: [
            "HubStore",
            "Postgres",
            "TestKit",
            "Timing",
        ], path: "Tests/Support/HubFixtures", swiftSettings: strict),
    .target(
        name: "StrapFixtures",
        dependencies: [
            "BlueZ",
            "Console",
            "HeartRate",
            "TestKit",
        ],
        path: "Tests/Support/StrapFixtures", swiftSettings: strict),
    // For tests that are not in Swift, such as those with Home Assistant.
    .executableTarget(
        name: "strap-simulator", dependencies: ["BlueZSimulator", "EventThread"],
        path: "Tests/Support/strap-simulator", swiftSettings: strict),
    .executableTarget(
        name: "StrangerCrowd", dependencies: [nioCore, nioPosix, nioSSL], path: "Tests/Support/StrangerCrowd",
        swiftSettings: strict),
    .executableTarget(
        name: "OutboxCrashHelper", dependencies: ["HeartRate", "Outbox", logging],
        path: "Tests/Support/OutboxCrashHelper", swiftSettings: strict),
    tests("CardiogramAPITests", in: "Formats", of: ["CardiogramAPI"]),
    tests("DateFormatsTests", in: "Formats", of: ["DateFormats"]),
    tests("FITTests", in: "Formats", of: ["FIT"]),
    tests(
        "HubAPITests", in: "Formats",
        of: [
            "HeartRate",
            "HubAPI",
        ]),
    tests(
        "HeartRateTests", in: "Formats",
        of: [
            "HeartRate",
            "TestKit",
            "Timing",
        ], resources: [.copy("Vectors")]),
    tests("HRVTests", in: "Formats", of: ["HRV"], resources: [.copy("Vectors")]),
    tests("OSCTests", in: "Formats", of: ["OSC"]),
    tests("PulsoidAPITests", in: "Formats", of: ["PulsoidAPI"]),
    tests(
        "RecordingsTests", in: "Formats",
        of: [
            "FIT",
            "HeartRate",
            "HRV",
            "Recordings",
        ]),
    tests(
        "ConsoleTests", in: "System",
        of: [
            "Console",
            "strapline",
            "strapline-hub",
            "TestKit",
            argumentParser,
            subprocess,
        ]),
    tests("EventThreadTests", in: "System", of: ["EventThread", "TestKit"]),
    tests("FilesTests", in: "System", of: ["Files", "TestKit"]),
    tests("GzipTests", in: "System", of: ["Gzip", "TestKit"]),
    tests("PrometheusMetricsTests", in: "System", of: ["PrometheusMetrics", "TestKit"]),
    tests(
        "ServiceManagerTests", in: "System",
        of: [
            "ServiceManager",
            "TestKit",
            "Timing",
            logging,
        ]),
    tests("TextFormatsTests", in: "System", of: ["TextFormats"]),
    tests("TimingTests", in: "System", of: ["CLinux", "TestKit", "Timing"]),
    tests("DatagramsTests", in: "Network", of: ["Datagrams", "TestKit"]),
    tests("DBusTests", in: "Network", of: ["DBus", "Files", "TestKit"]),
    tests(
        "LocalMetricsTests", in: "Network",
        of: [
            "LocalMetrics",
            "TestKit",
            logging,
            nioHTTP1,
            nioPosix,
        ]),
    tests(
        "MQTTTests", in: "Network",
        of: [
            "EventThread",
            "MosquittoHarness",
            "MQTT",
            "TestKit",
            "Tokens",
        ]),
    tests(
        "PostgresTests", in: "Network",
        of: [
            "Postgres",
            "PostgresHarness",
            "TestKit",
            "Timing",
        ]),
    tests("TokensTests", in: "Network", of: ["TestKit", "Tokens"]),
    tests(
        "WebClientTests", in: "Network",
        of: [
            "TestKit",
            "WebClient",
            nioCore,
            nioPosix,
            subprocess,
        ]),
    tests(
        "WebSocketClientTests", in: "Network",
        of: [
            "TestKit",
            "Timing",
            "WebSocketClient",
            nioCore,
            nioWebSocket,
        ]),
    tests(
        "BlueZTests", in: "Bluetooth",
        of: [
            "BlueZ",
            "BlueZSimulator",
            "DBus",
            "HeartRate",
            "TestKit",
            "Timing",
            logging,
            serviceLifecycle,
        ]),
    tests(
        "BlueZSimulatorTests", in: "Bluetooth",
        of: [
            "BlueZSimulator",
            "DBus",
            "HeartRate",
            "TestKit",
        ]),
    tests(
        "DestinationsTests", in: "Uploader",
        of: [
            "CardiogramAPI",
            "Delivery",
            "DestinationHarness",
            "Destinations",
            "HeartRate",
            "Outbox",
            "ProcessHarness",
            "TestKit",
            "Tokens",
            "WebClient",
            logging,
        ]),
    tests(
        "DeliveryTests", in: "Uploader",
        of: [
            "Delivery",
            "HeartRate",
            "Outbox",
            "TestKit",
            "Timing",
            logging,
            serviceLifecycle,
        ]),
    tests(
        "MQTTOutputTests", in: "Uploader",
        of: [
            "BlueZ",
            "Destinations",
            "HeartRate",
            "HRV",
            "MosquittoHarness",
            "MQTT",
            "Outbox",
            "Outputs",
            "TestKit",
            "Timing",
            logging,
        ]),
    tests(
        "OutboxTests", in: "Uploader",
        of: [
            "HeartRate",
            "Outbox",
            "OutboxCrashHelper",
            "TestKit",
            "Timing",
            grdb,
            logging,
            subprocess,
        ]),
    tests(
        "OutputsTests", in: "Uploader",
        of: [
            "BlueZ",
            "BlueZSimulator",
            "Datagrams",
            "DBus",
            "DestinationHarness",
            "Destinations",
            "Files",
            "HeartRate",
            "HRV",
            "OSC",
            "Outbox",
            "Outputs",
            "TestKit",
            "Timing",
            logging,
            serviceLifecycle,
        ]),
    tests(
        "PulsoidTests", in: "Uploader",
        of: [
            "Delivery",
            "DestinationHarness",
            "HeartRate",
            "HubAPI",
            "Outbox",
            "Pulsoid",
            "PulsoidAPI",
            "TestKit",
            "Timing",
            "Tokens",
            "WebClient",
            logging,
        ]),
    tests("QRCodesTests", in: "System", of: ["QRCodes"]),
    tests(
        "SessionUploadsTests", in: "Uploader",
        of: [
            "Destinations",
            "HeartRate",
            "Outbox",
            "Recordings",
            "SessionUploads",
            "TestKit",
            "Timing",
            "Tokens",
            "WebClient",
            logging,
        ]),
    tests(
        "SessionsTests", in: "Uploader",
        of: [
            "HeartRate",
            "HRV",
            "Outbox",
            "Recordings",
            "Sessions",
            "TestKit",
            "Timing",
            logging,
        ]),
    tests(
        "UploaderConfigurationTests", in: "Uploader",
        of: [
            "BlueZ",
            "Delivery",
            "Destinations",
            "Files",
            "Outputs",
            "SessionUploads",
            "StrapFixtures",
            "TestKit",
            "Tokens",
            "UploaderConfiguration",
            "WebClient",
        ]),
    tests(
        "UploaderStatusTests", in: "Uploader",
        of: [
            "BlueZ",
            "Console",
            "HeartRate",
            "HRV",
            "Outbox",
            "Outputs",
            "TestKit",
            "Timing",
            "UploaderStatus",
            logging,
        ]),
    tests(
        "UploaderTests", in: "Uploader",
        of: [
            "BlueZ",
            "HeartRate",
            "HRV",
            "LocalMetrics",
            "Outbox",
            "Outputs",
            "PrometheusMetrics",
            "ServiceManager",
            "TestKit",
            "Timing",
            "Uploader",
            "UploaderConfiguration",
            "UploaderStatus",
            logging,
            nioHTTP1,
        ]),
    tests(
        "DoctorTests", in: "Tools",
        of: [
            "BlueZ",
            "BlueZSimulator",
            "DBus",
            "Destinations",
            "Doctor",
            "HeartRate",
            "Outbox",
            "StrapFixtures",
            "TestKit",
            "Tokens",
            "UploaderConfiguration",
            "WebClient",
            logging,
            subprocess,
        ]),
    tests(
        "ReplayTests", in: "Tools",
        of: [
            "Console",
            "EventThread",
            "HeartRate",
            "Outbox",
            "Pulsoid",
            "Replay",
            "TestKit",
            "Timing",
            "Tokens",
            "Uploader",
            "UploaderConfiguration",
            "WebClient",
            argumentParser,
            logging,
        ]),
    tests(
        "SetupTests", in: "Tools",
        of: [
            "BlueZ",
            "Console",
            "Destinations",
            "HeartRate",
            "Outbox",
            "Outputs",
            "PulsoidAPI",
            "SessionUploads",
            "Setup",
            "StrapFixtures",
            "TestKit",
            "Tokens",
            "UploaderConfiguration",
            "UploaderStatus",
            "WebClient",
            argumentParser,
        ]),
    tests(
        "VerificationTests", in: "Tools",
        of: [
            "Console",
            "Outbox",
            "TestKit",
            "Timing",
            "Tokens",
            "UploaderConfiguration",
            "Verification",
            "WebClient",
            argumentParser,
        ]),
    tests(
        "HubServerTests", in: "Hub",
        of: [
            "CardiogramAPI",
            "HeartRate",
            "HubAPI",
            "HubFixtures",
            "HubServer",
            "HubStore",
            "LocalMetrics",
            "Postgres",
            "PostgresHarness",
            "PulsoidAPI",
            "strapline-hub",
            "TestKit",
            "Timing",
            asyncHTTPClient,
            grdb,
            httpTypes,
            logging,
            nioCore,
            nioHTTP1,
            nioPosix,
            nioSSL,
            nioWebSocket,
            serviceLifecycle,
            subprocess,
            systemPackage,
        ]),
    tests(
        "HubStoreTests", in: "Hub",
        of: [
            "CardiogramAPI",
            "HeartRate",
            "HubAPI",
            "HubFixtures",
            "HubStore",
            "Postgres",
            "PulsoidAPI",
            "TestKit",
            "Timing",
            grdb,
            logging,
        ]),
    tests(
        "EndToEndTests", in: "Programs",
        of: [
            "BlueZ",
            "BlueZSimulator",
            "CardiogramAPI",
            "HeartRate",
            "HubAPI",
            "HubServer",
            "HubStore",
            "Outbox",
            "ProcessHarness",
            "PulsoidAPI",
            "strapline",
            "strapline-hub",
            "TestKit",
            "Timing",
            "UploaderStatus",
            "WebClient",
            grdb,
            logging,
            subprocess,
            systemPackage,
        ]),
    tests(
        "StraplineTests", in: "Programs",
        of: [
            "BlueZ",
            "Console",
            "HeartRate",
            "Outbox",
            "PulsoidAPI",
            "StrapFixtures",
            "strapline",
            "TestKit",
            argumentParser,
            logging,
            subprocess,
        ]),
    .testTarget(
        name: "FuzzTests", dependencies: fuzzed, path: "Tests/Programs/FuzzTests", exclude: ["Driver"],
        resources: [.copy("Corpora")], swiftSettings: strict),
    // Crashes, power cuts, long days and long backlogs: bounded in `make test`, in full with `make torture`.
    // The tests build the shim themselves and read the seeds from the sources.
    tests(
        "TortureTests", in: "Programs",
        of: [
            "BlueZSimulator",
            "CardiogramAPI",
            "Delivery",
            "Destinations",
            "HeartRate",
            "HubAPI",
            "HubServer",
            "HubStore",
            "Outbox",
            "OutboxCrashHelper",
            "ProcessHarness",
            "Pulsoid",
            "PulsoidAPI",
            "StrangerCrowd",
            "strapline",
            "strapline-hub",
            "TestKit",
            "Timing",
            "Tokens",
            "WebClient",
            grdb,
            logging,
            nioSSL,
            subprocess,
            systemPackage,
        ], exclude: ["Shim", "Seeds"]),
]

let chosenTestTargets = (testTargets + [exampleTests]).filter {
    $0.type != .test || chosenTests?.contains($0.name) ?? true
}

let package = Package(
    name: "strapline",
    products: isForFuzzing
        ? []
        : [
            .executable(name: "strapline", targets: ["strapline"]),
            .executable(name: "strapline-hub", targets: ["strapline-hub"]),
            // The module of BlueZHeartRate is BlueZ. Its interface has types of the other targets.
            .library(name: "BlueZHeartRate", targets: ["BlueZ", "DBus", "HeartRate", "Timing"]),
            .library(name: "BlueZSimulator", targets: ["BlueZSimulator", "DBus", "HeartRate"]),
            .library(name: "DBus", targets: ["DBus"]),
            .library(name: "HeartRate", targets: ["HeartRate"]),
            .library(name: "PulsoidAPI", targets: ["PulsoidAPI"]),
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
    targets: formats + system + network + bluetooth + uploader + tools + hub
        + (isForFuzzing
            ? [testKit] + fuzzing : programs + [benchmark, processHarness, demo] + examples + chosenTestTargets),
    swiftLanguageModes: [.v6]
)
