import DBus
import Synchronization

extension BlueZClient {
    /// Subscribes to the measurements of a strap, once for each attempt, and passes on each packet once, until the
    /// attempts end.
    ///
    /// It listens before it subscribes, and between two attempts too. So no packet is missed: bluetoothd renews a
    /// subscription when the strap is back, before it shows the services.
    ///
    /// - Parameters:
    ///   - path: of the Heart Rate Measurement.
    ///   - attempts: the numbers of the attempts. Listening ends with the stream.
    ///   - subscribed: gets the answer of `StartNotify` to each attempt; nil is success.
    ///   - heard: gets each packet once, on the bus's thread.
    nonisolated func listen(
        to path: ObjectPath, for attempts: AsyncStream<Int>,
        subscribed: @escaping @Sendable (_ attempt: Int, BusError?) -> Void,
        heard: @escaping @Sendable (Packet) -> Void
    ) async {
        let filter = NotificationFilter()
        do {
            try await receive(BlueZSnapshot.Interface.characteristic, at: path) { [time] signal in
                guard let notification = Notification(signal, time: time),
                    let packet = filter.packet(in: notification)
                else { return }
                heard(packet)
            } while: {
                await withTaskGroup(of: Void.self) { group in
                    for await attempt in attempts {
                        group.addTask { subscribed(attempt, await self.startNotify(path)) }
                    }
                    group.cancelAll()
                }
            }
        } catch {
            let failure = error as? BusError ?? BusError(name: BusError.Name.failed, message: "\(error)")
            for await attempt in attempts { subscribed(attempt, failure) }
        }
    }

    /// Passes on the broadcasts of a device, on the bus's thread, until `ended` ends. Does nothing without a bus: the
    /// snapshots of the client report that.
    nonisolated func receiveBroadcasts(
        _ device: ObjectPath, until ended: AsyncStream<Int>, heard: @escaping @Sendable (Packet) -> Void
    ) async {
        try? await receive(BlueZSnapshot.Interface.device, at: device) { [time] signal in
            if let packet = Packet(ofDevice: signal, time: time) { heard(packet) }
        } while: {
            for await _ in ended {}
        }
    }

    private nonisolated func receive(
        _ interface: String, at path: ObjectPath, _ receive: @escaping @Sendable (borrowing Message) -> Void,
        while body: @escaping @Sendable () async -> Void
    ) async throws {
        guard let bus = await bus else { throw BusError.noBus }
        let rule = MatchRule.propertiesChanged(sender: Self.service, path: path, interface: interface)
        try await bus.withSignals(matching: rule, receive: receive, while: body)
    }
}

/// Lets each packet of a characteristic through once, on the bus's thread.
private final class NotificationFilter: Sendable {
    private let filter = Mutex(DuplicateNotificationFilter())

    func packet(in notification: Notification) -> Packet? {
        filter.withLock { $0.packet(in: notification) }
    }
}
