import DBus

extension BlueZClient {
    /// Subscribes to a strap's measurements and passes on each packet once, until `ended` ends. It listens before it
    /// subscribes, so that no packet is missed.
    ///
    /// - Parameters:
    ///   - path: of the Heart Rate Measurement.
    ///   - ended: ends when nobody wants to hear more.
    ///   - subscribed: is given the answer of `StartNotify`; nil is success.
    ///   - heard: is given each packet, and how many were dropped right before it because they were not taken in time.
    nonisolated func listen(
        to path: ObjectPath, until ended: AsyncStream<Never>, subscribed: @escaping @Sendable (BusError?) -> Void,
        heard: @escaping @Sendable (_ packet: Packet, _ missed: Int) -> Void
    ) async {
        do {
            let notifications = try await notifications(of: path)
            await withTaskGroup(of: Void.self) { group in
                group.addTask { subscribed(await self.startNotify(path)) }
                group.addTask {
                    var filter = CopyFilter()
                    await Self.pass(notifications, to: heard) { filter.packet(in: $0) }
                }
                for await _ in ended {}
                group.cancelAll()
            }
        } catch {
            subscribed(error as? BusError ?? BusError(name: BusError.Name.failed, message: "\(error)"))
        }
    }

    /// Passes on what a device broadcasts, as often as BlueZ signals it, until `ended` ends. Without a bus there is nothing
    /// to hear, and the client tells everybody.
    nonisolated func overhear(
        _ device: ObjectPath, until ended: AsyncStream<Never>,
        heard: @escaping @Sendable (_ packet: Packet, _ missed: Int) -> Void
    ) async {
        guard let broadcasts = try? await broadcasts(of: device) else { return }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await Self.pass(broadcasts, to: heard) { $0 } }
            for await _ in ended {}
            group.cancelAll()
        }
    }

    private static func pass<Signal>(
        _ signals: SignalStream<Signal>, to heard: (Packet, Int) -> Void, _ packet: (Signal) -> Packet?
    ) async {
        var missed = 0
        do {
            for try await signal in signals {
                guard let packet = packet(signal) else { continue }
                let dropped = signals.droppedCount
                heard(packet, dropped - missed)
                missed = dropped
            }
        } catch {
            // The bus is lost: the client tells everybody.
        }
    }
}
