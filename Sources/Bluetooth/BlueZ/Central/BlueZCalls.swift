import DBus

/// Performs the calls of the machine beside the loop, which never waits. Answers go to the inbox.
struct BlueZCalls: Sendable {
    let client: BlueZClient
    let inbox: Inbox<CentralInput>
    let events: EventBuffer

    func perform(_ action: StrapSession.Action, for strap: Int) async {
        func answer(_ event: StrapSession.Event) { inbox.send(.machine(.strap(strap, event))) }
        switch action {
        case .connect(let device, let attempt):
            answer(.connectAnswered(attempt: attempt, await client.connect(device)))
        case .disconnect(let device, let attempt):
            await client.disconnect(device)
            answer(.disconnectAnswered(attempt: attempt))
        case .release(let device, let characteristic, let attempt):
            await client.release(device, listeningTo: characteristic)
            answer(.disconnectAnswered(attempt: attempt))
        case .stopNotify(let characteristic): await client.stopNotify(characteristic)
        case .removeDevice(let device, let adapter): await client.remove(device, from: adapter)
        case .refreshObjects: await client.refresh()
        case .read(let characteristic, let path, let attempt):
            let value = await client.readValue(path, within: StrapLimits.read)
            answer(.readAnswered(attempt: attempt, characteristic, value))
        case .registerAgent(let device, let attempt):
            answer(.agentAnswered(attempt: attempt, await client.register(PairingAgent(speakingAloneFor: device))))
        case .unregisterAgent: await client.unregisterAgent()
        case .pair(let device, let attempt):
            answer(.pairAnswered(attempt: attempt, await client.pair(device, within: StrapLimits.pair)))
        case .trust(let device): _ = await client.trust(device)
        // Performed by the loop.
        case .report, .reportDetails, .record, .warnOfBattery, .note, .setDeadline, .setTimer, .pauseRenewals,
            .subscribe,
            .receiveBroadcasts,
            .unsubscribe:
            break
        }
    }

    func perform(_ action: AdapterScheduler.Action, on adapter: ObjectPath) async {
        func answer(_ event: AdapterScheduler.Event) { inbox.send(.machine(.adapter(adapter, event))) }
        switch action {
        case .powerOn: answer(.powerAnswered(await client.powerOn(adapter)))
        case .startDiscovery(let filter): answer(.startAnswered(await client.startDiscovery(adapter, filter)))
        case .stopDiscovery:
            await client.stopDiscovery(adapter)
            answer(.stopAnswered)
        case .setDeadline, .grant: break  // performed by the loop and the machine
        }
    }

    /// Subscribes to the strap and sends its packets to the inbox, until the attempts end.
    func listen(_ strap: Int, named name: String, to path: ObjectPath, for attempts: AsyncStream<Int>) async {
        await client.listen(to: path, for: attempts) { [inbox] attempt, error in
            inbox.send(.machine(.strap(strap, .subscribeAnswered(attempt: attempt, error))))
        } heard: { packet in
            hear(packet, of: strap, named: name, from: path)
        }
    }

    /// Sends the broadcasts of a device to the inbox, until `ended` ends.
    func receiveBroadcasts(_ strap: Int, named name: String, _ device: ObjectPath, until ended: AsyncStream<Int>) async
    {
        await client.receiveBroadcasts(device, until: ended) { packet in
            hear(packet, of: strap, named: name, from: device)
        }
    }

    /// Runs on the bus's thread. Of the packets beyond the limit only the newest one of each strap waits for the loop.
    func hear(_ packet: Packet, of strap: Int, named name: String, from path: ObjectPath) {
        if events.admit(from: name, at: packet.arrival) {
            inbox.send(.packet(strap: strap, from: path, packet))
        } else {
            inbox.sendLatest(
                .lostPacket(strap: strap, from: path, packet),
                replacing: { if case .lostPacket(strap: strap, from: path, _) = $0 { true } else { false } })
        }
    }
}
