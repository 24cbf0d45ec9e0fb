import DBus

/// What a script tells the simulator to do. Straps are named by their addresses, adapters by their names.
extension Simulator {
    // MARK: Adapters

    /// Plugs in an adapter.
    public func add(_ adapter: SimulatedAdapter) async {
        await change { $0.add(adapter) }
    }

    /// Unplugs an adapter: its devices go with it.
    public func removeAdapter(_ name: String) async {
        let prefix = World.path(ofAdapter: name)
        for path in pendingConnects.keys where path.isBelow(prefix) {
            finishConnect(path, .failure(BlueZError.connectionAbortedByLocal))
        }
        await change { $0.removeAdapter(name) }
    }

    /// Somebody else, such as a desktop, powers an adapter on or off.
    public func setPowered(_ isPowered: Bool, adapter name: String = "hci0") async {
        await change { $0.setPowered(isPowered, adapter: name) }
    }

    /// rfkill blocks the radio: the adapter is off and cannot be powered on until it is unblocked, then it is on.
    public func setBlocked(_ isBlocked: Bool, adapter name: String = "hci0") async {
        await change { $0.setBlocked(isBlocked, adapter: name) }
    }

    /// What goes wrong with the adapter from now on.
    public func setFaults(_ faults: AdapterFaults, ofAdapter name: String = "hci0") {
        world.adapters[name]?.faults = faults
    }

    // MARK: Bystanders

    /// So many devices are near that are nobody's strap, and another program scans, so that bluetoothd shows them.
    public func addBystanders(_ count: Int, adapter: String = "hci0") async {
        await change { $0.addBystanders(count, on: adapter) }
    }

    /// So many of the bystanders, in turn, advertise once: as many signals on the bus.
    public func hearBystanders(_ count: Int) async {
        await change { $0.hearBystanders(count) }
    }

    // MARK: Straps

    /// Puts on a strap, within range unless told otherwise.
    public func add(_ strap: SimulatedStrap, isInRange: Bool = true) async {
        await change { $0.add(strap, isInRange: isInRange) }
    }

    /// Changes what the strap is or measures.
    public func modify(_ address: String, _ change: @Sendable (inout SimulatedStrap) -> Void) async {
        guard var strap = world.straps[address] else { return }
        change(&strap.config)
        world.straps[address] = strap
        await flush()
    }

    /// All straps that are not connected advertise once more: discovering adapters receive signal strength and
    /// manufacturer data anew.
    public func advertise() async {
        await change { $0.receiveAdvertisements() }
    }

    /// What goes wrong with the strap from now on.
    public func setFaults(_ faults: StrapFaults, of address: String) {
        world.straps[address]?.faults = faults
    }

    /// The strap comes into range. Waiting calls of `Connect` succeed.
    public func appear(_ address: String) async {
        await change { $0.setInRange(true, address) }
        for device in world.devices.values where device.address == address {
            stopTimer(.linkLoss(device.path))
            if pendingConnects[device.path] != nil, world.straps[address]?.faults.hangingConnects == 0 {
                await makeLink(to: device.path)
            }
        }
    }

    /// The strap goes out of range without a word; a link is lost after ``SimulatorTiming/linkSupervision``.
    public func disappear(_ address: String) async {
        await change { $0.setInRange(false, address) }
        guard let device = world.connectedDevice(of: address) else { return }
        startTimer(.linkLoss(device.path), after: timing.linkSupervision) { simulator in
            await simulator.change { $0.dropLink(of: device.path) }
        }
    }

    /// The strap ends the connection in order and advertises again.
    public func disconnect(_ address: String) async {
        guard let device = world.connectedDevice(of: address) else { return }
        await change { $0.dropLink(of: device.path) }
    }

    /// The strap stays connected but sends nothing, until it is told otherwise.
    public func setFrozen(_ isFrozen: Bool, _ address: String) {
        world.straps[address]?.isFrozen = isFrozen
    }

    /// The strap and this machine have a bond of earlier days.
    public func makeBond(_ address: String, adapter: String = "hci0") async {
        await change { $0.makeBond(address, adapter: adapter) }
    }

    /// The strap forgets its bond, as after a reset: bluetoothd keeps its own part until `RemoveDevice`.
    public func forgetBond(_ address: String) async {
        await change { $0.forgetBond(address) }
    }

    public func setBattery(_ percentage: UInt8, _ address: String) async {
        await change { $0.setBattery(percentage, address) }
    }

    /// After ``StrapFaults/resolvesWithoutServices``: the GATT objects come late.
    public func exportLateServices(of address: String) async {
        guard let device = world.connectedDevice(of: address) else { return }
        await change { $0.exportServices(.all, of: device.path) }
    }

    // MARK: Measurements

    /// The strap measures once; returns what it has sent, nil when nobody is subscribed or it cannot be heard.
    ///
    /// `bytes` are sent as they are, instead of the strap's next measurement. One that broadcasts tells everybody, and
    /// is subscribed to by nobody.
    @discardableResult
    public func notify(_ address: String, bytes: [UInt8]? = nil) async -> SentMeasurement? {
        let broadcasts = world.straps[address]?.config.broadcasts == true
        let sent = broadcasts ? world.broadcast(address) : world.notify(address, bytes: bytes)
        if let sent { report(sent) }
        await flush()
        return sent
    }

    /// The strap measures so many times, as fast as the bus takes it; returns how many were sent.
    public func notify(_ address: String, count: Int) async -> Int {
        let atOnce = 64
        var sentCount = 0
        for start in stride(from: 0, to: count, by: atOnce) {
            for _ in start..<min(start + atOnce, count) {
                guard let sent = world.notify(address) else { continue }
                report(sent)
                sentCount += 1
            }
            await flush()
        }
        return sentCount
    }

    /// The strap measures at a steady rate, by the simulator's clock, whether it is heard or not. The rate is kept on
    /// average, however coarsely the clock sleeps.
    public func startBeating(_ address: String, every interval: Duration = .seconds(1)) {
        startTask(.beats(strap: address)) { [weak self, clock] in
            await clock.tick(every: interval) { _ = await self?.notify(address) }
        }
    }

    public func stopBeating(_ address: String) {
        stopTimer(.beats(strap: address))
    }

    // MARK: Waiting

    /// Waits until a client discovers with the adapter.
    public func untilDiscovering(_ adapter: String = "hci0") async throws {
        try await until { $0.adapters[adapter]?.isDiscovering == true }
    }

    /// Waits until the strap is connected, or is not.
    public func untilConnected(_ address: String, _ isConnected: Bool = true) async throws {
        try await until { $0.straps[address]?.isConnected == isConnected }
    }

    /// Waits until a client is subscribed to the strap's measurements, or none is.
    public func untilSubscribed(_ address: String, _ isSubscribed: Bool = true) async throws {
        try await until { $0.straps[address]?.isSubscribed == isSubscribed }
    }

    /// Waits until the strap has sent so many measurements in all.
    public func untilSent(_ count: Int, from address: String) async throws {
        try await until { ($0.straps[address]?.measurementsSent ?? 0) >= count }
    }
}

extension Clock where Duration == Swift.Duration {
    /// Calls `body` at a steady rate until the task is cancelled.
    fileprivate func tick(every interval: Duration, _ body: () async -> Void) async {
        var next = now
        while !Task.isCancelled {
            next = next.advanced(by: interval)
            guard (try? await sleep(until: next, tolerance: nil)) != nil else { return }
            await body()
        }
    }
}
