import DBus

extension BlueZClient {
    /// Subscribes to a strap's measurements, once for each attempt, and passes on each packet once, until the attempts end.
    ///
    /// It listens before it subscribes, and between two attempts too, so that no packet is missed: bluetoothd takes up a
    /// subscription again by itself when the strap is back, before it says that the services are there.
    ///
    /// - Parameters:
    ///   - path: of the Heart Rate Measurement.
    ///   - attempts: the numbers of the attempts; it ends when nobody wants to hear more.
    ///   - subscribed: is given the answer of `StartNotify` to each attempt; nil is success.
    ///   - heard: is given each packet, and how many were dropped right before it because they were not taken in time.
    nonisolated func listen(
        to path: ObjectPath, for attempts: AsyncStream<Int>,
        subscribed: @escaping @Sendable (_ attempt: Int, BusError?) -> Void,
        heard: @escaping @Sendable (_ packet: Packet, _ missed: Int) -> Void
    ) async {
        do {
            let notifications = try await notifications(of: path)
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    var filter = CopyFilter()
                    await Self.pass(notifications, to: heard) { filter.packet(in: $0) }
                }
                for await attempt in attempts {
                    group.addTask { subscribed(attempt, await self.startNotify(path)) }
                }
                group.cancelAll()
            }
        } catch {
            let failure = error as? BusError ?? BusError(name: BusError.Name.failed, message: "\(error)")
            for await attempt in attempts { subscribed(attempt, failure) }
        }
    }

    /// Passes on what a device broadcasts, as often as BlueZ signals it, until `ended` ends. Without a bus there is nothing
    /// to hear, and the client tells everybody.
    nonisolated func overhear(
        _ device: ObjectPath, until ended: AsyncStream<Int>,
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
