import DBus

/// The details of the strap: read once a connection, after the first measurement, one at a time.
///
/// bluetoothd ends the link 30 s after a hung read. A read that requires encryption may make a strap end it at once. So
/// an unanswered read is never repeated: at worst it costs one link.
extension StrapSession {
    /// What many straps answer to a read that they do not like.
    private static let unlikelyError: UInt8 = 0x0e

    /// Starts to read the details, once for each link.
    mutating func learn(on link: inout Link) -> [Action] {
        guard link.unread == nil else { return [] }
        if detailsAddress != link.device.address {
            details = StrapDetails()
            unanswered = []
            detailsAddress = link.device.address
        }
        link.unread = StrapCharacteristic.allCases
        return tellBattery(of: link) + readNext(on: &link)
    }

    /// A failed read is skipped. If one read hangs, the others would hang too.
    mutating func readAnswered(
        _ attempt: Int, _ characteristic: StrapCharacteristic, _ answer: Result<[UInt8], BusError>
    ) -> [Action] {
        guard case .listening(var link, let path, let hearing) = state, link.attempt == attempt,
            link.unread?.first == characteristic
        else { return [] }
        var actions: [Action] = []
        switch answer {
        case .success(let value):
            unanswered.remove(characteristic)
            link.unread?.removeFirst()
            actions = update { $0.take(value, of: characteristic) }
        case .failure(let error):
            if error.mayMeanStaleCache, error.attributeErrorCode != Self.unlikelyError { cache.suspect() }
            if error.code == .replied { link.unread?.removeFirst() } else { link.unread = [] }
        }
        actions += readNext(on: &link)
        state = .listening(link, to: path, hearing)
        return actions
    }

    /// Reports a changed level of the battery, but not before the first measurement.
    mutating func tellBattery(of link: Link) -> [Action] {
        guard link.unread != nil, let percent = link.device.batteryPercent, percent != details.batteryPercent
        else { return [] }
        let actions = update { $0.batteryPercent = percent }
        return actions + (battery.isNewlyLow(percent: percent) ? [.warnOfBattery(percent: percent)] : [])
    }

    /// Skips characteristics that the strap does not have or has not answered before.
    private mutating func readNext(on link: inout Link) -> [Action] {
        while let next = link.unread?.first {
            if let path = link.device.detailPaths[next], unanswered.insert(next).inserted {
                return [.read(next, path, attempt: link.attempt)]
            }
            link.unread?.removeFirst()
        }
        return []
    }

    private mutating func update(_ change: (inout StrapDetails) -> Void) -> [Action] {
        let before = details
        change(&details)
        return details == before ? [] : [.reportDetails(details)]
    }
}
