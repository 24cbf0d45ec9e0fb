import HubStore
import TextFormats

/// What `strapline-hub init` has to say.
struct SetupReport {
    struct Outcome: Encodable {
        let userId: Int64
        let profileId: String
        let name: String
        let roomId: String
        let address: String
        /// The tokens, or, where they went to files, the files.
        let uploaderToken: String?
        let readerToken: String?
        let overlayToken: String?
        let adminToken: String?
        let uploaderTokenFile: String?
        let readerTokenFile: String?
        let overlayTokenFile: String?
        let adminTokenFile: String?
    }

    let setup: HubBootstrap
    /// The name of the room, if no other room has it.
    let roomName: String?
    let hub: HubAddress
    let listening: HubListening
    /// The usual port, if another program has it.
    var avoidedPort: UInt16?
    /// Nil where the tokens are shown.
    let files: TokenFiles.Paths?
    let command: PrintedCommand

    private var address: String { hub.text }

    var outcome: Outcome {
        let isShown = files == nil
        return Outcome(
            userId: setup.user.id, profileId: setup.user.profileID, name: setup.user.name, roomId: setup.roomID,
            address: address,
            uploaderToken: isShown ? setup.uploaderToken : nil, readerToken: isShown ? setup.readerToken : nil,
            overlayToken: isShown ? setup.overlayToken : nil, adminToken: isShown ? setup.adminToken : nil,
            uploaderTokenFile: files?.uploader, readerTokenFile: files?.reader, overlayTokenFile: files?.overlay,
            adminTokenFile: files?.admin)
    }

    /// Signs in by itself: a browser sends the part behind the `#` to no server.
    var pageLink: String { "\(address)/#access_token=\(setup.readerToken)" }

    /// For a screen on a wall: it signs in again after a restart.
    private var screenLink: String { "\(address)/?view=wall#access_token=" }

    private var overlayLink: String { "\(address)/overlay/\(setup.user.profileID)#access_token=" }

    var sentences: [String] {
        let beginning: [String] = [
            "Made user \(setup.user.name) (number \(setup.user.id)) and room \(roomLabel).", "",
        ]
        let sending: [String] = ["", "2. For the uploader:", ""]
        let viewing: [String] = ["", "3. Look at it:", ""]
        let ending: [String] = ["", tokensNote]
        let encryption: [String] = hub.isPlainBeyondThisMachine ? ["", encryptionNote] : []
        // One long sum of list literals takes Swift 6.2 too long.
        let parts: [[String]] = [beginning, starting, sending, uploader, viewing, looking, ending, encryption]
        return parts.flatMap { $0 }
    }

    private var roomLabel: String { roomName.map { "\($0) (\(setup.roomID))" } ?? setup.roomID }

    /// A command that shows the room.
    private var watching: String { "strapline room \((roomName ?? setup.roomID).quotedForShell) --address \(address)" }

    private var tokensNote: String {
        files == nil
            ? "The tokens are not shown again: put each into a file that only its reader can read."
            : "The tokens are in these files alone, which only this user can read."
    }

    private var encryptionNote: String {
        "\(address) is not encrypted: others on the network can read the tokens and the heart rates. At home "
            + "you may accept that. To encrypt, give `serve` a --certificate and its --key, and write https:// in the "
            + "addresses."
    }

    private var starting: [String] {
        switch listening {
        case .thisHub(let isLocalOnly):
            let note =
                "It listens on this machine only. To let others reach it, start it with --host 0.0.0.0 (the packaged "
                + "hub: STRAPLINE_HUB_OPTIONS in /etc/default/strapline-hub)."
            return ["1. Your hub is running, and knows the new tokens."] + (isLocalOnly ? ["", note] : [])
        case .another:
            let port = hub.port ?? HubAddress.usualPort
            return [
                "1. Another program listens at port \(port), or a hub with another database. Stop it, then start the "
                    + "hub, here:", "", "  \(serve)",
            ]
        case .nothing:
            let note = avoidedPort.map { "Another program has port \($0): this hub takes another port." }
            return (note.map { [$0, ""] } ?? []) + ["1. Start the hub, here:", "", "  \(serve)"]
        }
    }

    /// Behind a proxy, and with TLS, the public address is not where the hub listens.
    private var serve: String {
        let host = ["--host", hub.isOfThisMachineOnly ? "127.0.0.1" : "0.0.0.0"]
        let port = ["--port", String(hub.hasPath || hub.isSecure ? HubAddress.usualPort : hub.port ?? 80)]
        let isProxied = hub.hasPath || hub.isSecure
        return command.text(["serve"] + host + port + (isProxied ? ["--public-address", address] : []))
    }

    /// Lines of `strapline.yaml`.
    private var uploader: [String] {
        let file = files?.uploader ?? "/etc/strapline/hub.token"
        let token = files == nil ? ["  its token, for the file \(file):", "  \(setup.uploaderToken)", ""] : []
        return token + [
            "  services:",
            "    pulsoid: { address: \"\(address)\" }",
            "    cardiogram: { address: \"\(address)\" }",
            "  straps:",
            "    - name: chest",
            "      destinations:",
            "        - { service: pulsoid, token_file: \(file) }",
            "        - { service: cardiogram, user_id: \"\(setup.user.id)\", token_file: \(file) }",
        ]
    }

    private var looking: [String] {
        guard let files else {
            return [
                "  page     \(pageLink)", "  screen   \(screenLink)\(setup.readerToken)&remember=1",
                "  overlay  \(overlayLink)\(setup.overlayToken)",
                "  room     \(watching) --token-file reader.token",
                "           (token \(setup.readerToken), for the file reader.token)",
                "  admin    \(address)/admin   (token \(setup.adminToken), also for metrics)",
            ]
        }
        return [
            "  page     \(address)/   (sign in with the token in \(files.reader))",
            "  screen   \(screenLink)…&remember=1   (the token in \(files.reader))",
            "  overlay  \(overlayLink)…   (the token in \(files.overlay))",
            "  room     \(watching) --token-file \(files.reader.quotedForShell)",
            "  admin    \(address)/admin   (the token in \(files.admin), also for metrics)",
        ]
    }
}
