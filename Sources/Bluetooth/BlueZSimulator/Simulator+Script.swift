import DBus

// The steps of a test. Straps are named by their addresses, adapters by their names.

extension Simulator {
    // MARK: Adapters

    /// Plugs in an adapter.
    public func add(_ adapter: SimulatedAdapter) async {
        await change { $0.add(adapter) }
    }

    /// Unplugs an adapter and removes its devices.
    public func removeAdapter(_ name: String) async {
        let prefix = World.path(ofAdapter: name)
        for path in pendingConnects.keys where path.isBelow(prefix) {
            finishConnect(path, .failure(BlueZError.connectionAbortedByLocal))
        }
        await change { $0.removeAdapter(name) }
    }

    /// Another program powers an adapter on or off.
    public func setPowered(_ isPowered: Bool, adapter name: String = "hci0") async {
        await change { $0.setPowered(isPowered, adapter: name) }
    }

    /// Blocks the radio with rfkill: the adapter is off until it is unblocked.
    public func setBlocked(_ isBlocked: Bool, adapter name: String = "hci0") async {
        await change { $0.setBlocked(isBlocked, adapter: name) }
    }

    /// Sets the faults of an adapter.
    public func setFaults(_ faults: AdapterFaults, ofAdapter name: String = "hci0") {
        world.adapters[name]?.faults = faults
    }

    // MARK: Bystanders

    /// Adds devices that are not straps. Another program scans, so that bluetoothd shows them.
    public func addBystanders(_ count: Int, adapter: String = "hci0") async {
        await change { $0.addBystanders(count, on: adapter) }
    }

    /// The next ones of the bystanders advertise once. Each makes one signal on the bus.
    public func hearBystanders(_ count: Int) async {
        await change { $0.hearBystanders(count) }
    }

    // MARK: Straps

    /// Puts on a strap, by default in range.
    public func add(_ strap: SimulatedStrap, isInRange: Bool = true) async {
        await change { $0.add(strap, isInRange: isInRange) }
    }

    /// Changes the strap or its measurements.
    public func modify(_ address: String, _ change: @Sendable (inout SimulatedStrap) -> Void) async {
        guard var strap = world.straps[address] else { return }
        change(&strap.config)
        world.straps[address] = strap
        await flush()
    }

    /// All unconnected straps advertise again. Scanning adapters receive signal strength and manufacturer data.
    public func advertise() async {
        await change { $0.receiveAdvertisements() }
    }

    /// Sets the faults of a strap.
    public func setFaults(_ faults: StrapFaults, of address: String) {
        world.straps[address]?.faults = faults
    }

    /// Moves the strap into range. Pending calls of `Connect` succeed.
    public func appear(_ address: String) async {
        await change { $0.setInRange(true, address) }
        for device in world.devices.values where device.address == address {
            stopTimer(.linkLoss(device.path))
            if pendingConnects[device.path] != nil, world.straps[address]?.faults.hangingConnects == 0 {
                await makeLink(to: device.path)
            }
        }
    }

    /// Moves the strap out of range. A link is lost after ``SimulatorTiming/linkSupervision``.
    public func disappear(_ address: String) async {
        await change { $0.setInRange(false, address) }
        guard let device = world.connectedDevice(of: address) else { return }
        startTimer(.linkLoss(device.path), after: timing.linkSupervision) { simulator in
            await simulator.change { $0.dropLink(of: device.path) }
        }
    }

    /// The strap disconnects and advertises again.
    public func disconnect(_ address: String) async {
        guard let device = world.connectedDevice(of: address) else { return }
        await change { $0.dropLink(of: device.path) }
    }

    /// The strap stays connected but sends nothing, or sends again.
    public func setFrozen(_ isFrozen: Bool, _ address: String) {
        world.straps[address]?.isFrozen = isFrozen
    }

    /// Gives the strap and this machine a bond.
    public func makeBond(_ address: String, adapter: String = "hci0") async {
        await change { $0.makeBond(address, adapter: adapter) }
    }

    /// The strap loses its bond, as after a reset. bluetoothd keeps its part until `RemoveDevice`.
    public func forgetBond(_ address: String) async {
        await change { $0.forgetBond(address) }
    }

    /// Sets the charge of the battery.
    public func setBattery(_ percentage: UInt8, _ address: String) async {
        await change { $0.setBattery(percentage, address) }
    }

    /// Shows the GATT objects that ``StrapFaults/resolvesWithoutServices`` has delayed.
    public func exportLateServices(of address: String) async {
        guard let device = world.connectedDevice(of: address) else { return }
        await change { $0.exportServices(.all, of: device.path) }
    }

    // MARK: Measurements

    /// The strap measures once. Returns the sent measurement. Nil without a subscribed client, or out of range.
    ///
    /// `bytes` replace the next measurement. A broadcasting strap sends without subscribed clients.
    @discardableResult
    public func notify(_ address: String, bytes: [UInt8]? = nil) async -> SentMeasurement? {
        let broadcasts = world.straps[address]?.config.broadcasts == true
        let sent = broadcasts ? world.broadcast(address) : world.notify(address, bytes: bytes)
        if let sent { report(sent) }
        await flush()
        return sent
    }

    /// The strap measures `count` times, as fast as the bus allows. Returns the number of sent measurements.
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

    /// The strap measures at a steady average rate, by the clock of the simulator.
    public func startBeating(_ address: String, every interval: Duration = .seconds(1)) {
        startTask(.beats(strap: address)) { [weak self, clock] in
            await clock.tick(every: interval) { await self?.beat(address) }
        }
    }

    private func beat(_ address: String) async {
        // The beating may have been stopped since the sleep ended.
        guard !Task.isCancelled else { return }
        await notify(address)
    }

    /// Ends ``startBeating(_:every:)``.
    public func stopBeating(_ address: String) {
        stopTimer(.beats(strap: address))
    }

    // MARK: Waiting

    /// Waits until a client scans with the adapter.
    public func untilDiscovering(_ adapter: String = "hci0") async throws {
        try await until { $0.adapters[adapter]?.isDiscovering == true }
    }

    /// Waits until the strap is connected, or is not connected.
    public func untilConnected(_ address: String, _ isConnected: Bool = true) async throws {
        try await until { $0.straps[address]?.isConnected == isConnected }
    }

    /// Waits until a client is subscribed to the strap's measurements, or none is.
    public func untilSubscribed(_ address: String, _ isSubscribed: Bool = true) async throws {
        try await until { $0.straps[address]?.isSubscribed == isSubscribed }
    }

    /// Waits until the strap has sent this number of measurements.
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
