import DBus

/// The methods for clients.
extension Simulator {
    func connect(_ path: ObjectPath) async throws {
        defer { settle() }
        // A call may still be on its way when the daemon ends.
        guard connectedBus != nil else { throw BlueZError.notReady }
        let step = try world.beginConnect(path)
        if step == .alreadyConnected { return }
        if step == .endsUnencrypted {
            await change { $0.makeLink(to: path) }
            await change { $0.dropLink(of: path) }
            throw BlueZError.connectionAbortedByLocal
        }
        if step == .connects && timing.connect == .zero { return await makeLink(to: path) }
        try await withCheckedThrowingContinuation { continuation in
            pendingConnects[path] = continuation
            settle()
            switch step {
            case .connects:
                startTimer(.connect(path), after: timing.connect) { await $0.makeLink(to: path) }
            case .waitsForStrap:
                startTimer(.connect(path), after: timing.connectTimeout) {
                    $0.finishConnect(path, .failure(BlueZError.connectionAbortedByLocal))
                }
            case .alreadyConnected, .endsUnencrypted, .hangs: break
            }
        }
    }

    /// The link is there: `Connect` returns, and the services are read.
    func makeLink(to path: ObjectPath) async {
        await change { $0.makeLink(to: path) }
        finishConnect(path, .success(()))
        if timing.resolve == .zero {
            await change { $0.resolve(path) }
        } else {
            startTimer(.resolve(path), after: timing.resolve) { await $0.change { $0.resolve(path) } }
        }
    }

    func finishConnect(_ path: ObjectPath, _ result: Result<Void, any Error>) {
        stopTimer(.connect(path))
        world.endConnect(path)
        pendingConnects.removeValue(forKey: path)?.resume(with: result)
    }

    func disconnect(_ path: ObjectPath) async {
        finishConnect(path, .failure(BlueZError.connectCanceled))
        stopTimer(.resolve(path))
        await change { $0.dropLink(of: path) }
    }

    func startNotify(_ path: ObjectPath, client: String) async throws {
        guard let device = world.device(ofCharacteristic: path) else { throw BlueZError.notConnected }
        guard path == GattServices.measurementPath(at: device.path) else { throw BlueZError.notSupported }
        if world.straps[device.address]?.config.requiresPairing == true && !device.isPaired {
            try await bondOnDemand(device.path)
        }
        try await change { try $0.subscribe(client, to: device.path) }
    }

    func stopNotify(_ path: ObjectPath, client: String) async throws {
        guard let device = world.device(ofCharacteristic: path) else { throw BlueZError.notConnected }
        try await change { try $0.unsubscribe(client, from: device.path) }
    }

    func read(_ path: ObjectPath) async throws -> [UInt8] {
        let address = world.device(ofCharacteristic: path)?.address ?? ""
        if world.straps[address]?.faults.hangsReads == true {
            world.straps[address]?.reads += 1
            settle()
            // Until the simulator leaves the bus; a client that waits no longer is not missed.
            try await clock.sleep(for: timing.attTransaction)
            throw BlueZError.failed("Operation failed with ATT error: 0x0e")
        }
        return try await change { try $0.read(path) }
    }

    func removeDevice(_ path: ObjectPath, adapter: String) async throws {
        guard let device = world.devices[path], device.adapter == adapter else { throw BlueZError.doesNotExist }
        finishConnect(path, .failure(BlueZError.connectCanceled))
        await change { world in
            world.straps[device.address]?.removals += 1
            world.removeDevice(path)
        }
    }
}
