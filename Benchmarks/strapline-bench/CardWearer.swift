import FoundationEssentials

/// A program that has a strap and a folder of its own.
struct CardWearer: Sendable {
    var name: String
    var strapAddress: String
    /// On a file system that nothing else writes to.
    var folder: String
    var program: String
    /// The outbox's durability; nil for the yardstick, which takes its arguments from the command line.
    var durability: String?

    func process(port: Int, busAddress: String) throws -> UploaderProcess {
        let database = folder + "/queue.sqlite"
        var commandLine = [program, strapAddress, database, "http://127.0.0.1:\(port)"]
        if let durability {
            let config = folder + "/strapline.yaml"
            try configuration(durability, database: database, port: port)
                .write(toFile: config, atomically: false, encoding: .utf8)
            commandLine = [program, "run", "--config", config]
        }
        return UploaderProcess(
            commandLine: commandLine,
            environment: ["DBUS_SYSTEM_BUS_ADDRESS": busAddress, "PULSOID_TOKEN": Contestant.token])
    }

    private func configuration(_ durability: String, database: String, port: Int) -> String {
        """
        straps:
          - name: chest
            address: "\(strapAddress)"
            destinations:
              - service: pulsoid
                token_environment: PULSOID_TOKEN
              - service: cardiogram
                user_id: ben
                token_environment: PULSOID_TOKEN
        services:
          pulsoid:
            address: http://127.0.0.1:\(port)
          cardiogram:
            address: http://127.0.0.1:\(port)
        outbox:
          path: \(database)
          durability: \(durability)
        clock:
          wait_seconds: 0
        log:
          level: warning

        """
    }
}
