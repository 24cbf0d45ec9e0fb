/// A fault of the soak. Each happens once a day.
enum SoakFault: String, CaseIterable {
    case nothing = "nothing"
    case linkLost = "link lost"
    case strapAway = "strap out of range"
    case strapSilent = "strap silent"
    case adapterOff = "adapter off and on"
    case bluetoothdRestarted = "bluetoothd stopped and started"
    case bluetoothdKilled = "bluetoothd killed and started"
    case tokenReplaced = "token revoked, then replaced"
    case diskFull = "disk full"
    case hubKilled = "hub killed and started"

}
