extension Outbox {
    /// Keeps what a strap says of itself, from its next reading on. It waits until the disk works.
    package nonisolated func keep(_ device: StrapDevice, of strap: String) {
        onThread { outbox in
            guard !outbox.isClosed else { return }
            outbox.unwrittenDevices[strap] = (device, outbox.newestID + 1)
            guard outbox.recovery.outage == nil else { return }
            // Reported, and tried again, by the outage that has begun.
            try? outbox.reportingErrors { try $0.writeDevices() }
        }
    }

    func writeDevices() throws {
        while let (strap, device) = unwrittenDevices.first {
            try connection.store?.keep(device.device, ofStrap: strap, sinceReading: device.sinceReading)
            unwrittenDevices[strap] = nil
        }
    }
}
