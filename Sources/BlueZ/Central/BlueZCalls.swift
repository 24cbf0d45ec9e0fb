import DBus

/// Performs the machine's calls, beside the loop: whoever takes long keeps nobody from going on. Answers go to the inbox.
struct BlueZCalls: Sendable {
    let client: BlueZClient
    let inbox: Inbox<CentralInput>

    func perform(_ action: StrapSession.Action, for strap: Int) async {
        func answer(_ event: StrapSession.Event) { inbox.send(.machine(.strap(strap, event))) }
        switch action {
        case .connect(let device, let attempt):
            answer(.connectAnswered(attempt: attempt, await client.connect(device)))
        case .disconnect(let device, let attempt):
            await client.disconnect(device)
            answer(.disconnectAnswered(attempt: attempt))
        case .removeDevice(let device, let adapter): await client.remove(device, from: adapter)
        case .refreshObjects: await client.refresh()
        case .read(let characteristic, let path, let attempt):
            let value = await client.readValue(path, within: StrapLimits.read)
            answer(.readAnswered(attempt: attempt, characteristic, value))
        case .enlistAgent(let device, let attempt):
            answer(.agentAnswered(attempt: attempt, await client.register(PairingAgent(speakingAloneFor: device))))
        case .dismissAgent: await client.unregisterAgent()
        case .pair(let device, let attempt):
            answer(.pairAnswered(attempt: attempt, await client.pair(device, within: StrapLimits.pair)))
        case .trust(let device): _ = await client.trust(device)
        case .report, .tell, .warnOfBattery, .note, .setDeadline, .pauseRenewals, .subscribe, .unsubscribe:
            break  // performed by the loop
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

    /// Listens for packets, subscribes, and passes on what comes, until `ended` ends. It listens first, so that no packet
    /// is missed.
    func listen(_ strap: Int, to path: ObjectPath, _ attempt: Int, until ended: AsyncStream<Never>) async {
        @Sendable func answer(_ error: BusError?) {
            inbox.send(.machine(.strap(strap, .subscribeAnswered(attempt: attempt, error))))
        }
        do {
            let packets = try await client.packets(of: path)
            await withTaskGroup(of: Void.self) { group in
                group.addTask { answer(await client.startNotify(path)) }
                group.addTask { await pass(packets, of: strap, attempt) }
                for await _ in ended {}
                group.cancelAll()
            }
        } catch {
            answer(error as? BusError ?? BusError(name: BusError.Name.failed, message: "\(error)"))
        }
    }

    private func pass(_ packets: SignalStream<Packet>, of strap: Int, _ attempt: Int) async {
        var missed = 0
        do {
            for try await packet in packets {
                inbox.send(.packet(strap: strap, attempt: attempt, packet))
                let dropped = packets.droppedCount
                if dropped > missed { inbox.send(.missed(strap: strap, dropped - missed)) }
                missed = dropped
            }
        } catch {
            // The bus is lost: the client tells everybody.
        }
    }
}
