import HubStore

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
    let hub: HubAddress
    /// Nil where the tokens are shown.
    let files: TokenFiles.Paths?

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

    private var overlayLink: String { "\(address)/overlay/\(setup.user.profileID)#access_token=" }

    var sentences: [String] {
        let beginning: [String] = [
            "Made user \(setup.user.name) (number \(setup.user.id)) and room \(setup.roomID).",
            "", "1. Start the hub, here:", "",
            "  strapline-hub serve --host 0.0.0.0",
            "", "2. For the uploader:", "",
        ]
        let encryption: [String] = hub.isPlainBeyondThisMachine ? ["", encryptionNote] : []
        let viewing: [String] = ["", "3. Look at it:", ""]
        let ending: [String] = ["", tokensNote]
        // One long sum of list literals takes Swift 6.2 too long.
        let parts: [[String]] = [beginning, uploader, viewing, looking, ending, encryption]
        return parts.flatMap { $0 }
    }

    private var tokensNote: String {
        files == nil
            ? "The tokens are not shown again: put each into a file that only its reader can read."
            : "The tokens are in these files alone, which only this user can read."
    }

    private var encryptionNote: String {
        "\(address) is not encrypted: others on the network can read the tokens and the heart rates. At home "
            + "you may accept that. To encrypt: strapline-hub serve --certificate, and https:// in the addresses."
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
                "  page     \(pageLink)", "  overlay  \(overlayLink)\(setup.overlayToken)",
                "  room     strapline room \(setup.roomID) --address \(address)   (token \(setup.readerToken))",
                "  metrics, administration   token \(setup.adminToken)",
            ]
        }
        return [
            "  page     \(address)/   (sign in with the token in \(files.reader))",
            "  overlay  \(overlayLink)…   (the token in \(files.overlay))",
            "  room     strapline room \(setup.roomID) --address \(address) --token-file \(files.reader)",
            "  metrics, administration   \(files.admin)",
        ]
    }
}
