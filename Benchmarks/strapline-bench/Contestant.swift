import FoundationEssentials

/// One of the programs that are measured.
struct Contestant: Sendable {
    var name: String
    /// The command line; `{address}`, `{database}`, `{url}` and `{config}` change with each run.
    var commandLine: [String]
    /// More of strapline's configuration.
    var furtherConfiguration = ""

    /// The strap that all of them listen to.
    static let strapAddress = "C4:11:22:33:44:55"
    /// Any token does for the sink.
    static let token = "2f0c2d2e-0c5b-4a39-8a50-3a0b4bb1c9aa"

    static func strapline(program: String) -> Contestant {
        Contestant(name: "strapline run", commandLine: [program, "run", "--config", "{config}"])
    }

    static func c(program: String) -> Contestant {
        Contestant(name: "C", commandLine: [program, "{address}", "{database}", "{url}"])
    }

    static func python(interpreter: String, script: String) -> Contestant {
        Contestant(name: "Python", commandLine: [interpreter, script, "{address}", "{database}", "{url}"])
    }

    /// The command line of a run in `folder` that sends to `port` of the loopback address; writes what it needs.
    func prepared(in folder: String, port: Int) throws -> [String] {
        let database = folder + "/queue.sqlite"
        let url = "http://127.0.0.1:\(port)"
        let config = folder + "/strapline.yaml"
        try (Self.configuration(database: database, url: url) + furtherConfiguration).write(
            toFile: config, atomically: false, encoding: .utf8)
        let values = ["{address}": Self.strapAddress, "{database}": database, "{url}": url, "{config}": config]
        return commandLine.map { values[$0] ?? $0 }
    }

    private static func configuration(database: String, url: String) -> String {
        """
        straps:
          - name: chest
            address: "\(strapAddress)"
            destinations:
              - service: pulsoid
                token_environment: PULSOID_TOKEN
        services:
          pulsoid:
            address: \(url)
            requests_per_second: 0
        outbox:
          path: \(database)
          durability: power-loss
        clock:
          wait_seconds: 0
        log:
          level: warning

        """
    }
}
